#include <algorithm>
#include <atomic>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/base/worker_pool.h"
#include "core/eval/comparison.h"
#include "core/eval/divergence.h"
#include "core/eval/html.h"
#include "core/eval/metric.h"
#include "core/eval/run_bands.h"
#include "core/eval/running_chart.h"
#include "core/eval/sampling.h"
#include "core/eval/scored_column.h"
#include "core/eval/two_sample_fit.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

// Rows that a comparison needs on either side: of fewer, divergence and area say more about their number.
constexpr size_t kFewestRows = 100;
constexpr uint32_t kWayPurpose = 81, kRealPurpose = 82, kHalfPurpose = 83;  // kHalfPurpose + 1 too
constexpr uint32_t kSplitPurpose = 85;

constexpr std::vector<RunSequence> ModelRuns::*kRuns[] = {&ModelRuns::real, &ModelRuns::one_step,
                                                          &ModelRuns::from_window, &ModelRuns::from_nothing};
static_assert(std::size(kRuns) == std::size(kRunningLines));
constexpr size_t kNumWays = std::size(kRuns) - 1;  // without the real rows

// Rows of one side that take part in a comparison: indices into a BandRows.
struct Drawn {
  const BandRows* band;
  std::vector<uint32_t> rows;
};

// Mean of the fourteen columns' divergences.
double MeanDivergence(const std::vector<Bins>& bins, const Drawn& a, const Drawn& b) {
  const auto own = [](const Drawn& side) {
    std::vector<uint32_t> out;
    for (uint32_t i : side.rows) out.push_back(BandRows::Own(i));
    return out;
  };
  const std::vector<uint32_t> of_a = own(a), of_b = own(b);
  double sum = 0;
  for (size_t c = 0; c < bins.size(); ++c) {
    const auto weights = [&](const Drawn& side, const std::vector<uint32_t>& rows) {
      const std::vector<double> ones(rows.size(), 1);
      return BinWeights(ScoredColumns()[c], bins[c], side.band->rows, rows, ones);
    };
    sum += JensenShannon(weights(a, of_a), weights(b, of_b));
  }
  return sum / static_cast<double>(bins.size());
}

void AppendSide(const Drawn& side, bool label, uint64_t seed, LabelledRows* out) {
  for (uint32_t i : side.rows) {
    out->Append(
        TwoSampleFeatures(side.band->rows, BandRows::Own(i), BandRows::Before(i), BandRows::BeforeThat(i)),
        label, 1, side.band->run[i], seed);
  }
}

// NaN if no fold has both labels on both sides.
absl::StatusOr<double> Area(const Drawn& a, const Drawn& b, uint64_t seed) {
  LabelledRows all;
  AppendSide(a, true, seed, &all);
  AppendSide(b, false, seed, &all);
  double sum = 0;
  int folds = 0;
  for (uint32_t fold = 0; fold < kTwoSampleFolds; ++fold) {
    STANFLOW_ASSIGN_OR_RETURN(const double area, FoldArea(all, fold));
    if (!std::isfinite(area)) continue;
    sum += area;
    ++folds;
  }
  return folds == 0 ? NAN : sum / folds;
}

// The rows of one band, of all ways, and of two random halves of the real contexts.
struct Band {
  BandRows real, ways[kNumWays];
  std::vector<uint32_t> halves[2];
  size_t compared = 0;  // rows on either side; 0: too few
};

class Measurement {
 public:
  explicit Measurement(const EvalInput& input) : input_(input) {
    for (const ScoredColumn& column : ScoredColumns()) bins_.emplace_back(column, *input.real);
    const std::vector<uint32_t> order =
        Choose(AllOf(input.runs->real.size()), input.runs->real.size(), {input.options.seed, kSplitPurpose});
    std::vector<uint8_t> half(order.size());
    for (size_t i = 0; i < order.size(); ++i) half[order[i]] = i % 2;
    for (const RunBand& band : RunBands()) bands_.push_back(MakeBand(band, half));
    divergence_.assign(bands_.size(), std::vector<double>(kNumWays + 1, NAN));
    area_ = divergence_;
  }

  absl::Status Run() {
    WorkerPool pool(input_.options.threads);
    const size_t comparisons = bands_.size() * (kNumWays + 1);
    std::atomic<size_t> done = 0;
    return pool.RunUntilError(comparisons, [&](size_t i) -> absl::Status {
      if (input_.stop_requested && input_.stop_requested())
        return absl::CancelledError("stopped while measuring");
      STANFLOW_RETURN_IF_ERROR(Compare(i / (kNumWays + 1), i % (kNumWays + 1)));
      if (input_.progress) input_.progress(static_cast<double>(++done) / comparisons);
      return absl::OkStatus();
    });
  }

  nlohmann::json ToJson() const {
    nlohmann::json out;
    for (size_t b = 0; b < bands_.size(); ++b) {
      const RunBand& band = RunBands()[b];
      nlohmann::json place = {{"begin", band.begin}, {"end", nullptr}, {"rows_compared", bands_[b].compared}};
      if (band.end != RunBand().end) place["end"] = band.end;
      out["bands"].push_back(std::move(place));
      for (size_t r = 0; r < std::size(kRuns); ++r)
        Add(FiguresOf(input_.runs->*kRuns[r], band), &out[kRunningLines[r].name]);
      for (size_t w = 0; w < kNumWays; ++w) {
        auto& way = out[kRunningLines[w + 1].name];
        way["jsd"].push_back(FiniteOrNull(divergence_[b][w]));
        way["auc"].push_back(FiniteOrNull(area_[b][w]));
      }
      out["floor"]["jsd"].push_back(FiniteOrNull(divergence_[b][kNumWays]));
      out["floor"]["auc"].push_back(FiniteOrNull(area_[b][kNumWays]));
    }
    out["contexts"] = input_.runs->real.size();
    return out;
  }

 private:
  Band MakeBand(const RunBand& band, const std::vector<uint8_t>& half) const {
    Band out;
    out.real = BandRowsOf(input_.runs->real, band);
    for (uint32_t i = 0; i < out.real.size(); ++i) out.halves[half[out.real.run[i]]].push_back(i);
    out.compared = std::min({out.halves[0].size(), out.halves[1].size(), input_.options.running_rows});
    for (size_t w = 0; w < kNumWays; ++w) {
      out.ways[w] = BandRowsOf(input_.runs->*kRuns[w + 1], band);
      // A way that seldom comes so far must not keep the others from being compared.
      if (out.ways[w].size() >= kFewestRows) out.compared = std::min(out.compared, out.ways[w].size());
    }
    if (out.compared < kFewestRows) out.compared = 0;
    return out;
  }

  // `which`: a way against the real rows, or behind them half against half.
  absl::Status Compare(size_t b, size_t which) {
    const Band& band = bands_[b];
    const bool floor = which == kNumWays;
    const BandRows& drawn = floor ? band.real : band.ways[which];
    if (band.compared == 0 || drawn.size() < kFewestRows) return absl::OkStatus();
    const uint64_t seed = input_.options.seed;
    const auto draw = [&](const BandRows& rows, std::vector<uint32_t> pool, uint32_t purpose) {
      return Drawn{&rows, Choose(std::move(pool), band.compared, {seed, purpose, static_cast<uint32_t>(b)})};
    };
    const Drawn a =
        floor ? draw(drawn, band.halves[0], kHalfPurpose) : draw(drawn, AllOf(drawn.size()), kWayPurpose);
    const Drawn real = floor ? draw(band.real, band.halves[1], kHalfPurpose + 1)
                             : draw(band.real, AllOf(band.real.size()), kRealPurpose);
    divergence_[b][which] = MeanDivergence(bins_, a, real);
    STANFLOW_ASSIGN_OR_RETURN(area_[b][which], Area(a, real, seed));
    return absl::OkStatus();
  }

  static void Add(const BandFigures& figures, nlohmann::json* way) {
    (*way)["rows"].push_back(figures.rows);
    (*way)["delta_0"].push_back(FiniteOrNull(figures.delta_0));
    (*way)["previous_address"].push_back(FiniteOrNull(figures.previous_address));
    (*way)["repeated_tuple"].push_back(FiniteOrNull(figures.repeated_tuple));
    (*way)["one_address_windows"].push_back(FiniteOrNull(figures.one_address_windows));
    (*way)["rows_per_host_hour"].push_back(FiniteOrNull(figures.rows_per_host_hour));
  }

  const EvalInput& input_;
  std::vector<Bins> bins_;
  std::vector<Band> bands_;
  // Of each band: of each way, then the floor.
  std::vector<std::vector<double>> divergence_, area_;
};

absl::Status Measure(const EvalInput& input, nlohmann::json* report) {
  if (input.runs == nullptr) return absl::OkStatus();
  Measurement measurement(input);
  STANFLOW_RETURN_IF_ERROR(measurement.Run());
  (*report)["running"] = measurement.ToJson();
  return absl::OkStatus();
}

std::string RowCounts(const nlohmann::json& from) {
  std::vector<std::string> head = {"rows, by place in the context"};
  for (const std::string& place : RunningPlaces(from)) head.push_back(place);
  HtmlTable table(std::move(head));
  const auto add = [&](const char* label, const nlohmann::json& counts) {
    std::vector<std::string> cells = {label};
    for (const auto& count : counts) cells.push_back(FormatCount(count));
    table.Row(std::move(cells));
  };
  for (const RunningLine& line : kRunningLines) add(line.label, At(from, {line.name, "rows"}));
  nlohmann::json compared = nlohmann::json::array();
  for (const auto& band : At(from, {"bands"})) compared.push_back(At(band, {"rows_compared"}));
  add("compared, a side", compared);
  return table.ToString();
}

std::string Render(const nlohmann::json& report) {
  const auto& from = At(report, {"running"});
  if (!from.is_object()) return "";
  std::string charts;
  for (const RunningFigure& figure : RunningFigures())
    charts += RunningChart(from, figure, StrCat("running_", figure.field), figure.title);
  return StrCat(RowCounts(from), "<p class=\"note\">", FormatCount(At(from, {"contexts"})),
                " real contexts.</p><div class=\"grid\">\n", charts, "</div>\n");
}

}  // namespace

const Metric kRunningMetric = {
    "Three ways of running",
    "<p>They part the model's error from its drift. Random real contexts of 33 rows or more are run three "
    "times: <b>one step ahead</b>, every row drawn given the real rows before it; <b>from a window</b>, "
    "given the context's first 32 rows, then the model's own; <b>from nothing</b>, given its own rows alone "
    "from the context's first clock on. A free run ends with its context's hour, or at 1,500 rows. All "
    "figures are taken by place in the context, unweighted.</p><p>Divergence: the mean over the fourteen "
    "attributes of the Jensen-Shannon divergence above, of as many rows a side as the table says (a random "
    "choice; a way that has fewer than 100 is left out). AUC: the two-sample classifier above on the same "
    "rows, with folds by context; what stands before a drawn row is what it was drawn after. <b>Floor</b>: "
    "the same between two random disjoint halves of the real contexts, which are of different hosts: a way "
    "along the very contexts that it is held against may lie below it. A tuple is remote address, protocol "
    "and both ports. Windows are rows 0–199, 200–399 and so on, counted where they end; one address has over "
    "90 % of them. Rows an hour: 3600 rows / sum of their time deltas in seconds.</p>",
    Measure, Render, 6};

}  // namespace stanflow
