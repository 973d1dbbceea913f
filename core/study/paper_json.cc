#include "core/study/paper_json.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/eval/comparison.h"
#include "core/eval/html.h"
#include "core/study/paper_figures.h"

namespace stanflow {
namespace {

// Points of a scatter plot: enough to see the cloud.
constexpr size_t kScatterPoints = 400;

nlohmann::json OrNull(const std::optional<double>& value) {
  return value.has_value() ? nlohmann::json(*value) : nlohmann::json();
}

nlohmann::json Entry(const std::optional<double>& paper, const nlohmann::json& ours,
                     const nlohmann::json& floor) {
  return {{"paper", OrNull(paper)}, {"ours", ours}, {"floor", floor}};
}

nlohmann::json Percent(const nlohmann::json& share) {
  return share.is_number() ? nlohmann::json(100 * share.get<double>()) : nlohmann::json();
}

nlohmann::json Table2(const std::vector<PaperModel>& models) {
  nlohmann::json table;
  for (const PaperModel& model : models) {
    for (const char* test : {"T1", "T2", "T3"}) {
      const nlohmann::json real = Percent(At(model.report, {"rules", test, "real"}));
      table["real"][test] = Entry(PaperTable2("real", test), real, real);
      table[model.name][test] =
          Entry(PaperTable2(model.name, test), Percent(At(model.report, {"rules", test, "synthetic"})), real);
    }
  }
  return table;
}

nlohmann::json Table4(const std::vector<PaperModel>& models) {
  nlohmann::json table;
  for (const PaperModel& model : models) {
    const auto& likelihood = At(model.report, {"likelihood"});
    if (!At(likelihood, {"paper_nats"}).is_object()) continue;
    for (const char* attribute : {"bytes", "packets", "duration", "protocol"}) {
      auto& entry = table[model.name][attribute] =
          Entry(PaperTable4(model.name, attribute), At(likelihood, {"paper_nats", attribute}), nullptr);
      entry["ours_se"] = At(likelihood, {"paper_nats_se", attribute});
    }
    table[model.name]["exact_row"] = Entry(std::nullopt, At(likelihood, {"exact_nats_per_row"}), nullptr);
    table[model.name]["exact_row"]["ours_se"] = At(likelihood, {"exact_nats_per_row_se"});
  }
  return table;
}

nlohmann::json Figure5(const std::vector<PaperModel>& models) {
  nlohmann::json figure;
  for (const PaperModel& model : models) {
    for (const auto& [attribute, line] : At(model.report, {"jsd"}).items())
      figure[model.name][attribute] = Entry(std::nullopt, At(line, {"value"}), At(line, {"floor"}));
  }
  return figure;
}

// The points of one series, in the report's order.
nlohmann::json Points(const nlohmann::json& report, const char* task, const char* series) {
  nlohmann::json points = nlohmann::json::array();
  for (const auto& point : At(report, {"tasks", task})) {
    if (At(point, {"series"}) != series) continue;
    points.push_back(
        {{"real_fraction", point["real_fraction"]}, {"mean", point["mean"]}, {"sd", point["sd"]}});
  }
  return points;
}

// Mean at a share of real rows; null without such a point.
nlohmann::json MeanAt(const nlohmann::json& points, double real_fraction) {
  for (const auto& point : points) {
    if (point["real_fraction"] == real_fraction) return point["mean"];
  }
  return nullptr;
}

// `relative`: of the scores with no and with all real rows.
nlohmann::json TaskFigure(const std::vector<PaperModel>& models, const char* task, const char* relative_name,
                          std::optional<double> (*printed)(const std::string& model), double floor,
                          double (*relative)(double none, double all)) {
  nlohmann::json figure;
  for (const PaperModel& model : models) {
    const nlohmann::json real = Points(model.report, task, "real"),
                         synthetic = Points(model.report, task, "synthetic");
    if (synthetic.empty()) continue;
    figure["real"]["points"] = real;
    figure[model.name]["points"] = synthetic;
    const nlohmann::json none = MeanAt(synthetic, 0), all = MeanAt(synthetic, 1);
    nlohmann::json ours;
    if (none.is_number() && all.is_number()) ours = relative(none.get<double>(), all.get<double>());
    figure[model.name][relative_name] = Entry(printed(model.name), ours, floor);
  }
  return figure;
}

std::optional<double> PrintedKept(const std::string& model) {
  const std::optional<double> none = PaperFigure6(model, 0), all = PaperFigure6(model, 1);
  if (!none.has_value() || !all.has_value()) return std::nullopt;
  return *none / *all;
}

nlohmann::json SeedEntry(const ProcessModel& model, double ProcessFigures::*figure,
                         const std::optional<double>& paper, double floor) {
  std::vector<double> seeds;
  for (const ProcessFigures& f : model.figures) seeds.push_back(f.*figure);
  const MeanAndDeviation ours = Summarise(seeds);
  nlohmann::json entry = Entry(paper, FiniteOrNull(ours.mean), floor);
  entry["ours_sd"] = FiniteOrNull(ours.deviation);
  return entry;
}

// What the process of section 5.1 has, and what is left of it for who knows the row before only.
constexpr double kVarX = 0.01 / (1 - 0.81), kVarY = 0.81 * kVarX + 0.01;
constexpr double kSlopeOfMaskA = 0.729;  // of y on x: 0.9^3

struct Allowed {
  double temporal_r, same_row_r, task1, task2;
};

Allowed AllowedTo(const std::string& model) {
  if (model == "b1") return {0, 0, kVarY, kVarX};
  if (model != "stan_mask_a") return {0.9, 0.9, 0.01, 0.01};
  return {0.9, kSlopeOfMaskA, 0.01 + (0.9 - kSlopeOfMaskA) * (0.9 - kSlopeOfMaskA) * kVarX, 0.01};
}

nlohmann::json Scatter(const std::vector<double>& across, const std::vector<double>& up, size_t behind) {
  nlohmann::json points = nlohmann::json::array();
  for (size_t i = behind; i < std::min(up.size(), kScatterPoints + behind); ++i)
    points.push_back({across[i - behind], up[i]});
  return points;
}

void AddProcess(const std::vector<ProcessModel>& process, nlohmann::json* out) {
  for (const ProcessModel& model : process) {
    const Allowed allowed = AllowedTo(model.name);
    auto& table = (*out)["tables"]["3"][model.name];
    table["T1"] = SeedEntry(model, &ProcessFigures::task1_mse, PaperTable3(model.name, "T1"), allowed.task1);
    table["T2"] = SeedEntry(model, &ProcessFigures::task2_mse, PaperTable3(model.name, "T2"), allowed.task2);
    auto& figures = (*out)["figures"];
    auto& rows = figures["9"][model.name];
    rows["r"] = SeedEntry(model, &ProcessFigures::same_row_r, PaperFigure9(model.name), allowed.same_row_r);
    rows["points"] = Scatter(model.sample.x, model.sample.y, 0);
    figures["4"][model.name] = rows;
    auto& times = figures["8"][model.name];
    times["r"] = SeedEntry(model, &ProcessFigures::temporal_r, PaperFigure8(model.name), allowed.temporal_r);
    times["points"] = Scatter(model.sample.x, model.sample.x, 1);
  }
}

// Who the model is, and what it was measured by beyond the paper.
nlohmann::json Facts(const nlohmann::json& report) {
  return {{"model", At(report, {"model"})},
          {"preset", At(report, {"preset"})},
          {"rows_real", At(report, {"rows_real"})},
          {"rows_synthetic", At(report, {"rows_synthetic"})},
          {"rows_scored", At(report, {"likelihood", "rows"})},
          {"rows_per_fit", At(report, {"tasks", "rows_per_fit"})}};
}

nlohmann::json Distance(const nlohmann::json& a, const nlohmann::json& b) {
  if (!a.is_number() || !b.is_number()) return nullptr;
  return std::abs(a.get<double>() - b.get<double>());
}

void AddBeyond(const PaperModel& model, nlohmann::json* beyond) {
  const nlohmann::json& report = model.report;
  const auto add = [&](const char* measure, const nlohmann::json& ours, const nlohmann::json& floor) {
    (*beyond)[measure][model.name] = {{"ours", ours}, {"floor", floor}};
  };
  const auto add_value = [&](const char* measure, const nlohmann::json& from) {
    add(measure, At(from, {"value"}), At(from, {"floor"}));
  };
  add("exact_nats_per_row", At(report, {"likelihood", "exact_nats_per_row"}), nullptr);
  add("mean_jsd", At(report, {"summary", "jsd", "mean"}), At(report, {"summary", "jsd", "mean_floor"}));
  const auto& t3 = At(report, {"rules", "T3"});
  add("t3_distance", Distance(At(t3, {"synthetic"}), At(t3, {"real"})), 0);
  add_value("association", At(report, {"association"}));
  add_value("autocorrelation_bytes", At(report, {"autocorrelation", "bytes"}));
  add_value("autocorrelation_time_delta", At(report, {"autocorrelation", "time_delta"}));
  add_value("two_sample_auc", At(report, {"two_sample_auc"}));
  add("rows_per_host_hour", At(report, {"rows_per_host_hour", "synthetic", "mean"}),
      At(report, {"rows_per_host_hour", "real", "mean"}));
  (*beyond)["running"][model.name] = At(report, {"running"});
}

}  // namespace

nlohmann::json PaperJson(const std::vector<PaperModel>& models, const std::vector<ProcessModel>& process) {
  nlohmann::json out;
  for (const PaperModel& model : models) {
    out["models"][model.name] = Facts(model.report);
    AddBeyond(model, &out["beyond"]);
  }
  out["tables"]["2"] = Table2(models);
  out["tables"]["4"] = Table4(models);
  out["figures"]["5"] = Figure5(models);
  out["figures"]["6"] =
      TaskFigure(models, "task1", "kept", PrintedKept, 1, [](double none, double all) { return none / all; });
  out["figures"]["7"] = TaskFigure(
      models, "task2", "growth", [](const std::string& model) { return PaperFigure7Growth(model); }, 0,
      [](double none, double all) { return none / all - 1; });
  AddProcess(process, &out);
  return out;
}

}  // namespace stanflow
