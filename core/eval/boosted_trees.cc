#include "core/eval/boosted_trees.h"

#include <cmath>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "xgboost/c_api.h"

namespace stanflow {
namespace {

// XGBoost keeps the last error for each thread.
absl::Status Check(int answer) {
  if (answer == 0) return absl::OkStatus();
  return absl::InternalError(StrCat("gradient-boosted trees: ", XGBGetLastError()));
}

struct FreeMatrix {
  void operator()(void* handle) const { XGDMatrixFree(handle); }
};
struct FreeBooster {
  void operator()(void* handle) const { XGBoosterFree(handle); }
};
using Matrix = std::unique_ptr<std::remove_pointer_t<DMatrixHandle>, FreeMatrix>;
using Booster = std::unique_ptr<std::remove_pointer_t<BoosterHandle>, FreeBooster>;

absl::StatusOr<Matrix> MakeMatrix(const FeatureMatrix& from) {
  DMatrixHandle handle = nullptr;
  STANFLOW_RETURN_IF_ERROR(Check(
      XGDMatrixCreateFromMat_omp(from.values.data(), from.rows(), from.width, NAN, &handle, /*nthread=*/1)));
  return Matrix(handle);
}

absl::StatusOr<Booster> MakeBooster(const Matrix& train, const BoostedTreesOptions& options) {
  BoosterHandle handle = nullptr;
  const DMatrixHandle cached[] = {train.get()};
  STANFLOW_RETURN_IF_ERROR(Check(XGBoosterCreate(cached, 1, &handle)));
  Booster out(handle);
  // One thread: sums over rows have one order.
  const std::pair<const char*, std::string> parameters[] = {
      {"objective", "binary:logistic"},
      {"tree_method", "hist"},
      {"nthread", "1"},
      {"verbosity", "0"},
      {"max_depth", std::to_string(options.depth)},
      {"max_bin", std::to_string(options.bins)},
      {"eta", StrCat(options.learning_rate)},
  };
  for (const auto& [name, value] : parameters)
    STANFLOW_RETURN_IF_ERROR(Check(XGBoosterSetParam(out.get(), name, value.c_str())));
  return out;
}

absl::StatusOr<std::vector<float>> Predict(const Booster& booster, const Matrix& test) {
  bst_ulong count = 0;
  const float* scores = nullptr;
  constexpr int kMargin = 1;
  STANFLOW_RETURN_IF_ERROR(Check(XGBoosterPredict(booster.get(), test.get(), kMargin, /*ntree_limit=*/0,
                                                  /*training=*/0, &count, &scores)));
  return std::vector<float>(scores, scores + count);
}

}  // namespace

absl::StatusOr<std::vector<float>> BoostedTreesScores(const FeatureMatrix& train,
                                                      absl::Span<const float> labels,
                                                      absl::Span<const float> weights,
                                                      const FeatureMatrix& test,
                                                      const BoostedTreesOptions& options) {
  if (train.rows() == 0 || test.rows() == 0 || train.width != test.width)
    return absl::InvalidArgumentError("gradient-boosted trees need training and test rows of one width");
  STANFLOW_ASSIGN_OR_RETURN(const Matrix matrix, MakeMatrix(train));
  STANFLOW_ASSIGN_OR_RETURN(const Matrix test_matrix, MakeMatrix(test));
  STANFLOW_RETURN_IF_ERROR(Check(XGDMatrixSetFloatInfo(matrix.get(), "label", labels.data(), labels.size())));
  STANFLOW_RETURN_IF_ERROR(
      Check(XGDMatrixSetFloatInfo(matrix.get(), "weight", weights.data(), weights.size())));
  STANFLOW_ASSIGN_OR_RETURN(const Booster booster, MakeBooster(matrix, options));
  for (int round = 0; round < options.rounds; ++round)
    STANFLOW_RETURN_IF_ERROR(Check(XGBoosterUpdateOneIter(booster.get(), round, matrix.get())));
  return Predict(booster, test_matrix);
}

}  // namespace stanflow
