#include "core/eval/auc.h"

#include <algorithm>
#include <cmath>

namespace stanflow {

double AreaUnderCurve(std::vector<ScoredRow> rows) {
  std::sort(rows.begin(), rows.end(),
            [](const ScoredRow& a, const ScoredRow& b) { return a.score < b.score; });
  double negatives = 0, positives = 0, area = 0;
  for (size_t i = 0; i < rows.size();) {
    double tied[2] = {0, 0};  // weight of the negative and of the positive rows of this score
    const double score = rows[i].score;
    for (; i < rows.size() && rows[i].score == score; ++i) tied[rows[i].positive] += rows[i].weight;
    area += tied[1] * (negatives + tied[0] / 2);
    negatives += tied[0];
    positives += tied[1];
  }
  return negatives > 0 && positives > 0 ? area / (negatives * positives) : NAN;
}

}  // namespace stanflow
