#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/base/worker_pool.h"
#include "core/eval/boosted_trees.h"
#include "core/eval/comparison.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "core/eval/two_sample_fit.h"
#include "core/eval/two_sample_rows.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

// Of side a; side b's is the next number.
constexpr uint32_t kSyntheticPurpose = 61, kHalfPurpose = 63;

void AppendSide(const TwoSampleRows& rows, const Sample& sample, bool label, uint64_t seed,
                LabelledRows* out) {
  for (size_t i = 0; i < sample.rows.size(); ++i) {
    const uint32_t row = sample.rows[i];
    out->Append(rows.Features(row), label, sample.weights[i], rows.units().unit_of_row[row], seed);
  }
}

// What is compared in one draw.
enum Kind { kValue, kFloor, kB1, kNumKinds };
constexpr const char* kFields[] = {"value", "floor", "b1"};

class Measurement {
 public:
  explicit Measurement(const EvalInput& input)
      : input_(input), real_(*input.real), synthetic_(*input.synthetic) {
    if (input.b1 != nullptr) b1_.emplace_back(*input.b1);
    const Pools pools = {real_.Eligible(), synthetic_.Eligible(),
                         b1_.empty() ? std::vector<uint32_t>() : b1_[0].Eligible()};
    sides_ = Compare(input, real_.units(), pools, input.options.two_sample_repeats);
    rows_ = std::min(input.options.two_sample_rows, sides_.SmallestPool());
  }

  size_t rows() const { return rows_; }

  // One area a fold of every draw of each kind.
  absl::Status Run() {
    const size_t draws = input_.options.two_sample_repeats;
    std::vector<LabelledRows> drawn(draws * kNumKinds);
    for (auto& areas : areas_) areas.assign(draws * kTwoSampleFolds, NAN);
    WorkerPool pool(input_.options.threads);
    STANFLOW_RETURN_IF_ERROR(pool.RunUntilError(drawn.size(), [&](size_t task) {
      const auto kind = static_cast<Kind>(task % kNumKinds);
      if (Exists(kind)) drawn[task] = Draws(kind, static_cast<uint32_t>(task / kNumKinds));
      return absl::OkStatus();
    }));
    return pool.RunUntilError(drawn.size() * kTwoSampleFolds, [&](size_t task) -> absl::Status {
      if (input_.stop_requested && input_.stop_requested())
        return absl::CancelledError("stopped while measuring");
      const size_t draw = task / kTwoSampleFolds / kNumKinds, fold = task % kTwoSampleFolds;
      const auto kind = static_cast<Kind>(task / kTwoSampleFolds % kNumKinds);
      if (!Exists(kind)) return absl::OkStatus();
      STANFLOW_ASSIGN_OR_RETURN(areas_[kind][draw * kTwoSampleFolds + fold],
                                FoldArea(drawn[task / kTwoSampleFolds], fold));
      return absl::OkStatus();
    });
  }

  // The folds' areas as far as there are any.
  std::vector<double> Areas(Kind kind) const {
    std::vector<double> out;
    for (double area : areas_[kind]) {
      if (std::isfinite(area)) out.push_back(area);
    }
    return out;
  }

 private:
  bool Exists(Kind kind) const {
    return kind == kValue || !(kind == kFloor ? sides_.halves : sides_.b1).empty();
  }

  // Label 1 is the synthetic set's, B1's, or the first half's.
  LabelledRows Draws(Kind kind, uint32_t draw) const {
    const uint64_t seed = input_.options.seed;
    const uint32_t purpose = kind == kFloor ? kHalfPurpose : kSyntheticPurpose;
    const TwoSampleRows& of_a = kind == kValue ? synthetic_ : kind == kFloor ? real_ : b1_[0];
    const Comparison& sides = kind == kValue   ? sides_.synthetic
                              : kind == kFloor ? sides_.halves[draw]
                                               : sides_.b1[0];
    LabelledRows out;
    AppendSide(of_a, Draw(sides.a, rows_, {seed, purpose, draw}), true, seed, &out);
    AppendSide(real_, Draw(sides.b, rows_, {seed, purpose + 1, draw}), false, seed, &out);
    return out;
  }

  const EvalInput& input_;
  const TwoSampleRows real_, synthetic_;
  std::vector<TwoSampleRows> b1_;  // one or none
  Comparisons sides_;
  size_t rows_ = 0;
  std::vector<double> areas_[kNumKinds];
};

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  Measurement measurement(input);
  if (measurement.rows() == 0) {
    (*report)["notes"].push_back(
        "No two-sample classifier: a set has no row with two predecessors of the same host and hour.");
    return absl::OkStatus();
  }
  STANFLOW_RETURN_IF_ERROR(measurement.Run());
  auto& out = (*report)["two_sample_auc"];
  for (Kind kind : {kValue, kFloor, kB1}) {
    if (kind == kB1 && input.b1 == nullptr) continue;
    const std::vector<double> areas = measurement.Areas(kind);
    out[kFields[kind]] = nullptr;
    if (areas.empty()) continue;
    const MeanAndDeviation summary = Summarise(areas);
    out[kFields[kind]] = summary.mean;
    if (areas.size() > 1) out[StrCat(kFields[kind], "_sd")] = summary.deviation;
  }
  const BoostedTreesOptions trees;
  out["settings"] = {{"rows_per_side", measurement.rows()},
                     {"draws", input.options.two_sample_repeats},
                     {"folds", kTwoSampleFolds},
                     {"trees", trees.rounds},
                     {"depth", trees.depth},
                     {"learning_rate", trees.learning_rate},
                     {"histogram_bins", trees.bins}};
  return absl::OkStatus();
}

std::string Render(const nlohmann::json& report) {
  const auto& from = At(report, {"two_sample_auc"});
  if (!from.is_object()) return "";
  const auto cell = [&](const char* field) {
    return StrCat(FormatFixed(At(from, {field}), 3), " <small>± ",
                  FormatFixed(At(from, {StrCat(field, "_sd")}), 3), "</small>");
  };
  HtmlTable table({"area under the curve", "synthetic", "floor", "B1"});
  table.Row({"real rows told from others", cell("value"), cell("floor"), cell("b1")});
  const auto& settings = At(from, {"settings"});
  return StrCat(
      table.ToString(), "<p class=\"note\">", FormatCount(At(settings, {"rows_per_side"})), " rows a side; ",
      FormatCount(At(settings, {"draws"})), " draws of ", FormatCount(At(settings, {"folds"})),
      " folds each. ±: standard deviation over the folds. 0.5: not to be told apart; 1: always.</p>\n");
}

}  // namespace

const Metric kTwoSampleMetric = {
    "Two-sample classifier",
    "<p>Gradient-boosted trees (XGBoost: binary:logistic, histograms of 256 bins, 100 trees of depth 6 at "
    "most, learning rate 0.1, all else by its defaults) learn to tell synthetic rows from real ones by 64 "
    "numbers: the fourteen attributes of the divergence above, of the row and of its two predecessors of the "
    "same host and clock hour, and which of the row's eleven attributes (the address as one) equal those of "
    "either predecessor. A missing time delta is a missing value. Only rows with both predecessors take "
    "part. The clock hour is not shown.</p><p>Both sides are random subsamples of the one size stated above; "
    "real rows are weighted to the synthetic rows' clock hours as for the divergence, in learning and in the "
    "area. Every host-hour is dealt to one of five folds at random; the trees learn from four and are judged "
    "on the fifth by the weighted area under the ROC curve (ranks, ties half). The figure is the mean over "
    "folds and draws. <b>Floor</b>: the same between two random disjoint halves of the real host-hours.</p>",
    Measure, Render, 6};

}  // namespace stanflow
