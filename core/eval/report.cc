#include "core/eval/report.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/status_macros.h"
#include "core/eval/divergence.h"
#include "core/eval/html.h"
#include "core/eval/weakest.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

nlohmann::json Span(const EvalRows& rows) {
  return {{"first_end", FormatUtc(rows.end_ms.front())},
          {"last_end", FormatUtc(rows.end_ms.back())},
          {"hosts", rows.hosts}};
}

void AddJsdSummary(const nlohmann::json& report, const std::string& field, const std::string& floor_field,
                   nlohmann::json* out) {
  double sum = 0, floors = 0, worst_ratio = -1;
  int attributes = 0, within = 0;
  for (const auto& [name, line] : At(report, {"jsd"}).items()) {
    if (!At(line, {field}).is_number()) continue;
    const double value = line[field].get<double>();
    const double floor = At(line, {floor_field}).is_number() ? line[floor_field].get<double>() : 0;
    const double bound = JsdBound(floor);
    sum += value;
    floors += floor;
    ++attributes;
    within += value <= bound;
    if (value / bound <= worst_ratio) continue;
    worst_ratio = value / bound;
    (*out)["worst_attribute"] = name;
    (*out)["worst_value"] = value;
    (*out)["worst_floor"] = At(line, {floor_field});
  }
  if (attributes == 0) return;
  (*out)["mean"] = sum / attributes;
  (*out)["mean_floor"] = floors / attributes;
  (*out)["attributes"] = attributes;
  (*out)["attributes_within_bound"] = within;
}

// A task's score with all real data, and with none.
nlohmann::json TaskSummary(const nlohmann::json& points) {
  nlohmann::json out;
  for (const auto& point : points) {
    if (point["series"] == "real" && point["real_fraction"] == 1) out["real"] = point["mean"];
    if (point["series"] == "synthetic" && point["real_fraction"] == 0) out["synthetic"] = point["mean"];
  }
  return out;
}

// Passes on which share of a report is done.
class Reporter {
 public:
  Reporter(const EvalOptions& options, ReportProgress progress)
      : progress_(std::move(progress)), tasks_(options.tasks.rows_per_fit > 0) {
    for (const Metric* metric : AllMetrics()) all_ += Cost(*metric);
  }
  void Begin(const Metric& metric) {
    before_ += now_;
    now_ = Cost(metric);
    title_ = metric.title;
    Report(0);
  }
  void Report(double share_of_measure) {
    if (progress_) progress_(title_, (before_ + now_ * share_of_measure) / all_);
  }

 private:
  double Cost(const Metric& metric) const { return &metric == &kTasksMetric && !tasks_ ? 0 : metric.cost; }

  const ReportProgress progress_;
  const bool tasks_;
  double all_ = 0, before_ = 0, now_ = 0;  // changed between measures only
  std::string_view title_;
};

}  // namespace

absl::StatusOr<nlohmann::json> MakeReport(const ReportHeader& header, const EvalInput& input,
                                          const ReportProgress& progress) {
  for (const EvalRows* rows : {input.real, input.synthetic, input.b1}) {
    if (rows == nullptr || rows->size() >= 4) continue;
    return absl::InvalidArgumentError(
        "an evaluation needs at least 4 real and 4 synthetic rows; ask for more");
  }
  nlohmann::json report = {{"model", header.model},
                           {"preset", header.preset},
                           {"dataset", header.dataset},
                           {"dataset_digest", header.dataset_digest},
                           {"real_split", header.real_split},
                           {"synthetic_source", header.synthetic_source},
                           {"generate", header.generate},
                           {"training", header.training},
                           {"speed", header.speed},
                           {"build", header.build},
                           {"created", FormatUtc(header.created_ms)},
                           {"seed", input.options.seed},
                           {"rows_real", input.real->size()},
                           {"rows_synthetic", input.synthetic->size()},
                           {"real", Span(*input.real)},
                           {"synthetic", Span(*input.synthetic)},
                           {"notes", header.notes}};
  if (input.b1 != nullptr) report["rows_b1"] = input.b1->size();
  Reporter reporter(input.options, progress);
  EvalInput reporting = input;
  reporting.progress = [&reporter](double share) { reporter.Report(share); };
  for (const Metric* metric : AllMetrics()) {
    if (input.stop_requested && input.stop_requested())
      return absl::CancelledError("stopped before the report was complete");
    reporter.Begin(*metric);
    STANFLOW_RETURN_IF_ERROR(metric->measure(reporting, &report));
  }
  AddWeakest(input, &report);
  report["summary"] = Headline(report);
  return report;
}

nlohmann::json Headline(const nlohmann::json& report) {
  nlohmann::json out;
  for (const char* field : {"model", "dataset", "rows_real", "rows_synthetic"})
    out[field] = At(report, {field});
  const auto& nats = At(report, {"likelihood", "exact_nats_per_row"});
  if (nats.is_number()) {
    out["exact_nats_per_row"] = nats;
    out["exact_nats_per_row_b1"] = At(report, {"likelihood", "b1", "exact_nats_per_row"});
  }
  AddJsdSummary(report, "value", "floor", &out["jsd"]);
  AddJsdSummary(report, "last_quarter", "last_quarter_floor", &out["jsd_last_quarter"]);
  for (const char* rule : {"T1", "T2", "T3"}) out["rules"][rule] = At(report, {"rules", rule});
  for (const char* measure : {"association", "two_sample_auc"}) {
    if (!At(report, {measure, "value"}).is_number()) continue;
    out[measure] = {{"value", At(report, {measure, "value"})}, {"floor", At(report, {measure, "floor"})}};
  }
  for (const char* task : {"task1", "task2"}) {
    const auto& points = At(report, {"tasks", task});
    if (points.is_array()) out["tasks"][task] = TaskSummary(points);
  }
  return out;
}

}  // namespace stanflow
