#include "core/eval/random_forest.h"

#include <algorithm>
#include <map>

#include "core/base/strings.h"
#include "opencv2/ml.hpp"

namespace stanflow {
namespace {

constexpr int kLevels = 25;  // OpenCV's most

// Neither copies nor owns; OpenCV has no matrix of constant numbers.
cv::Mat View(const FeatureMatrix& rows) {
  return cv::Mat(static_cast<int>(rows.rows()), static_cast<int>(rows.width), CV_32F,
                 const_cast<float*>(rows.values.data()));
}

cv::Ptr<cv::ml::RTrees> MakeForest(size_t features, int trees) {
  cv::Ptr<cv::ml::RTrees> forest = cv::ml::RTrees::create();
  forest->setActiveVarCount(static_cast<int>(features));
  forest->setMaxDepth(kLevels);
  forest->setMinSampleCount(2);
  forest->setTermCriteria({cv::TermCriteria::MAX_ITER, trees, 0});
  return forest;
}

}  // namespace

absl::StatusOr<std::vector<int>> RandomForestClasses(const FeatureMatrix& train,
                                                     absl::Span<const int> classes, const FeatureMatrix& test,
                                                     const RandomForestOptions& options) {
  if (train.rows() == 0 || test.rows() == 0 || train.width != test.width || classes.size() != train.rows())
    return absl::InvalidArgumentError("a random forest needs training and test rows of one width");
  // OpenCV refuses to learn a single class.
  if (std::all_of(classes.begin(), classes.end(), [&](int c) { return c == classes[0]; }))
    return std::vector<int>(test.rows(), classes[0]);
  try {
    const cv::Mat answers(static_cast<int>(classes.size()), 1, CV_32S, const_cast<int*>(classes.data()));
    const auto forest = MakeForest(train.width, options.trees);
    // Training draws from the calling thread's own generator.
    cv::theRNG() = cv::RNG(options.seed);
    forest->train(View(train), cv::ml::ROW_SAMPLE, answers);
    cv::Mat predicted;
    forest->predict(View(test), predicted);
    std::vector<int> out;
    for (int i = 0; i < predicted.rows; ++i) out.push_back(static_cast<int>(predicted.at<float>(i)));
    return out;
  } catch (const std::exception& e) {  // OpenCV throws; nothing above does.
    return absl::InternalError(StrCat("random forest: ", e.what()));
  }
}

double MacroF1(absl::Span<const int> truth, absl::Span<const int> predicted) {
  struct Counts {
    double hits = 0, of_either = 0;  // rows of the class in both; in truth and in predicted, added up
  };
  std::map<int, Counts> counts;
  for (size_t i = 0; i < truth.size(); ++i) {
    ++counts[truth[i]].of_either;
    ++counts[predicted[i]].of_either;
    if (truth[i] == predicted[i]) ++counts[truth[i]].hits;
  }
  double sum = 0;
  for (const auto& [unused, c] : counts) sum += 2 * c.hits / c.of_either;
  return counts.empty() ? 0 : sum / counts.size();
}

}  // namespace stanflow
