#include <cmath>

#include "core/base/strings.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr const char* kPaperNames[] = {"bytes", "packets", "duration", "protocol"};

nlohmann::json Finite(double x) { return std::isfinite(x) ? nlohmann::json(x) : nlohmann::json(nullptr); }

nlohmann::json ToJson(const Likelihood& from) {
  nlohmann::json out = {{"exact_nats_per_row", from.exact_per_row.mean},
                        {"exact_nats_per_row_se", Finite(from.exact_per_row.standard_error)},
                        {"rows", from.rows},
                        {"contexts", from.contexts},
                        {"rows_of_all", from.rows_of_all},
                        {"contexts_of_all", from.contexts_of_all}};
  for (int a = 0; a < kNumAttributes; ++a) {
    const std::string name(kAttributeNames[a]);
    out["exact_nats"][name] = from.exact[a].mean;
    out["exact_nats_se"][name] = Finite(from.exact[a].standard_error);
  }
  const Estimate* const paper[] = {&from.paper_bytes, &from.paper_packets, &from.paper_duration,
                                   &from.paper_protocol};
  for (int p = 0; p < 4; ++p) {
    out["paper_nats"][kPaperNames[p]] = paper[p]->mean;
    out["paper_nats_se"][kPaperNames[p]] = Finite(paper[p]->standard_error);
  }
  return out;
}

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  if (input.likelihood == nullptr) return absl::OkStatus();
  (*report)["likelihood"] = ToJson(*input.likelihood);
  if (input.b1_likelihood != nullptr) (*report)["likelihood"]["b1"] = ToJson(*input.b1_likelihood);
  return absl::OkStatus();
}

std::string WithError(const nlohmann::json& mean, const nlohmann::json& error) {
  return StrCat(FormatFigure(mean, 4),
                error.is_number() ? " <small>± " + FormatFigure(error, 2) + "</small>" : "");
}

std::string Render(const nlohmann::json& report) {
  const auto& from = At(report, {"likelihood"});
  if (!from.is_object()) return "";
  const auto line = [&](const char* group, std::string_view name, std::string label) {
    const std::string errors = StrCat(group, "_se");
    return std::vector<std::string>{std::move(label),
                                    WithError(At(from, {group, name}), At(from, {errors, name})),
                                    WithError(At(from, {"b1", group, name}), At(from, {"b1", errors, name}))};
  };
  HtmlTable exact({"attribute", "exact nats", "B1"});
  for (std::string_view name : kAttributeNames) exact.Row(line("exact_nats", name, std::string(name)));
  exact.Row({"<b>whole row</b>",
             WithError(At(from, {"exact_nats_per_row"}), At(from, {"exact_nats_per_row_se"})),
             WithError(At(from, {"b1", "exact_nats_per_row"}), At(from, {"b1", "exact_nats_per_row_se"}))});
  HtmlTable paper({"attribute", "nats in the paper's bins", "B1", "printed: STAN", "printed: B1"});
  const std::vector<std::string> printed[] = {
      {"2.34", "4.85"}, {"1.73", "3.78"}, {"0.59", "1.81"}, {"0.002", "0.341"}};
  for (int p = 0; p < 4; ++p) {
    auto cells = line("paper_nats", kPaperNames[p], kPaperNames[p]);
    cells.insert(cells.end(), printed[p].begin(), printed[p].end());
    paper.Row(std::move(cells));
  }
  return StrCat("<div class=\"pair\">", exact.ToString(), paper.ToString(),
                "</div><p class=\"note\">Scored: ", FormatCount(At(from, {"rows"})), " of ",
                FormatCount(At(from, {"rows_of_all"})), " hold-out rows, ",
                FormatCount(At(from, {"contexts"})), " of ", FormatCount(At(from, {"contexts_of_all"})),
                " contexts.</p>\n");
}

}  // namespace

const Metric kLikelihoodMetric = {
    "Likelihood of the hold-out",
    "<p><b>Exact nats</b>: −ln P(value | the host's earlier rows in its context, what the row has drawn "
    "before), at the recorded resolution: delta in whole seconds, ports 0 to 65535, the remote address as "
    "four octets, packets and bytes as integers, duration in the column's own steps. A continuous density "
    "counts as a difference of its CDF; a class that stands for many values pays for the choice inside it; "
    "the masses of all values of an attribute sum to 1. The clock and the home host are given, not modelled. "
    "No bin width enters: it is the length of the lossless code that the model defines. ±: standard error of "
    "the mean over rows with contexts as clusters, √(C/(C−1) · Σ(S − n·m)²) / N.</p>"
    "<p><b>The paper's bins</b>: −ln of the mass of the right one of 200 equal bins over ln bytes [0, "
    "20.129], ln packets [0, 12.83] and duration [0, 363] s, the outer two open; protocol as TCP, UDP, "
    "other. The printed figures are of another day's data and other bins.</p>",
    Measure, Render};

}  // namespace stanflow
