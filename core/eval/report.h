#ifndef STANFLOW_CORE_EVAL_REPORT_H_
#define STANFLOW_CORE_EVAL_REPORT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/eval/metric.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// Where an evaluation's rows come from.
struct ReportHeader {
  std::string model;  // "edge@3"; empty without a model
  std::string preset;
  std::string dataset;  // name of the real set
  std::string dataset_digest;
  std::string real_split;        // "holdout" or "all"
  std::string synthetic_source;  // "generated" or the synthetic dataset's name
  nlohmann::json generate;       // what was generated; null if imported
  nlohmann::json training;       // of the model's manifest, for its card; null without a model
  nlohmann::json speed;          // {"flows_per_second", "threads", ...} of this evaluation; null if imported
  std::string build;             // version of this program
  int64_t created_ms = 0;
  std::vector<std::string> notes;  // what was left out, and why; sentences
};

// The measure at work, and the share of the report that is done. Called from any of the threads, and not
// always in order.
using ReportProgress = std::function<void(std::string_view title, double fraction)>;

// report.json: every measure's fields under the names of docs/measures.md. INVALID_ARGUMENT if
// a set has too few rows to have a last quarter. `progress` may be null.
absl::StatusOr<nlohmann::json> MakeReport(const ReportHeader& header, const EvalInput& input,
                                          const ReportProgress& progress = nullptr);

// The few figures that a job shows: exact_nats_per_row, mean and worst jsd, rules, association,
// two_sample_auc, tasks with all real rows and with none.
nlohmann::json Headline(const nlohmann::json& report);

// report.html from report.json alone: one page that needs nothing else, for screens and paper.
std::string ReportHtml(const nlohmann::json& report);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_REPORT_H_
