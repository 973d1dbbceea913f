#ifndef STANFLOW_CORE_EVAL_AUC_H_
#define STANFLOW_CORE_EVAL_AUC_H_

#include <vector>

namespace stanflow {

struct ScoredRow {
  double score = 0;
  double weight = 1;
  bool positive = false;
};

// Area under the ROC curve by ranks: the weighted share of pairs of a positive and a negative row in which
// the positive one has the higher score; equal scores count half. NaN without weight on both sides.
double AreaUnderCurve(std::vector<ScoredRow> rows);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_AUC_H_
