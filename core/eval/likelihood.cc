#include "core/eval/likelihood.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/base/worker_pool.h"
#include "core/eval/sampling.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

constexpr uint32_t kContextsPurpose = 11;

// Places in a context's sums: the attributes, the whole row, the paper's four.
constexpr int kRowPlace = kNumAttributes, kPaperPlace = kNumAttributes + 1, kPlaces = kNumAttributes + 5;

struct ContextSums {
  std::array<double, kPlaces> nats{};
  uint64_t rows = 0;
};

void Add(const RowNats& row, ContextSums* sums) {
  for (int a = 0; a < kNumAttributes; ++a) {
    sums->nats[a] += row.exact[a];
    sums->nats[kRowPlace] += row.exact[a];
  }
  sums->nats[kPaperPlace] += row.paper_bytes;
  sums->nats[kPaperPlace + 1] += row.paper_packets;
  sums->nats[kPaperPlace + 2] += row.paper_duration;
  sums->nats[kPaperPlace + 3] += row.paper_protocol;
  ++sums->rows;
}

std::string PlaceName(int place) {
  static constexpr const char* kPaper[] = {"bytes", "packets", "duration", "protocol"};
  if (place < kNumAttributes) return std::string(kAttributeNames[place]);
  return place == kRowPlace ? "the row" : StrCat(kPaper[place - kPaperPlace], " in the paper's bins");
}

absl::StatusOr<ContextSums> ScoreContext(const Scorer& scorer, const Dataset& dataset,
                                         const Sequence& context) {
  const std::vector<HostRow> rows = dataset.HostRows(context);
  std::vector<RowNats> nats(rows.size());
  STANFLOW_RETURN_IF_ERROR(scorer.Score(rows, absl::MakeSpan(nats)));
  ContextSums sums;
  for (const RowNats& row : nats) Add(row, &sums);
  for (int place = 0; place < kPlaces; ++place) {
    if (std::isfinite(sums.nats[place])) continue;
    return absl::InternalError(
        StrCat("the model's score of ", PlaceName(place), " is not finite in the context of host ",
               FormatIpv4(dataset.hosts()[context.host].address), " from ", FormatUtc(context.start_ms)));
  }
  return sums;
}

// Ratio estimate of a cluster sample: sum of nats over sum of rows; the error by linearisation.
Estimate EstimateOf(const std::vector<ContextSums>& contexts, int place) {
  double nats = 0, rows = 0;
  for (const ContextSums& c : contexts) {
    nats += c.nats[place];
    rows += c.rows;
  }
  Estimate out{nats / rows, std::numeric_limits<double>::quiet_NaN()};
  if (contexts.size() < 2) return out;
  double squares = 0;
  for (const ContextSums& c : contexts) squares += std::pow(c.nats[place] - out.mean * c.rows, 2);
  const double n = contexts.size();
  out.standard_error = std::sqrt(squares * n / (n - 1)) / rows;
  return out;
}

uint64_t RowsOf(const std::vector<Sequence>& contexts) {
  uint64_t rows = 0;
  for (const Sequence& c : contexts) rows += c.size();
  return rows;
}

}  // namespace

std::vector<Sequence> ChooseContexts(const std::vector<Sequence>& all, const LikelihoodOptions& options) {
  if (options.max_rows == 0 || RowsOf(all) <= options.max_rows) return all;
  std::vector<uint32_t> chosen;
  uint64_t rows = 0;
  for (uint32_t i : Choose(AllOf(all.size()), all.size(), {options.seed, kContextsPurpose, 0})) {
    rows += all[i].size();
    if (rows > options.max_rows && !chosen.empty()) break;
    chosen.push_back(i);
  }
  std::sort(chosen.begin(), chosen.end());
  std::vector<Sequence> out;
  for (uint32_t i : chosen) out.push_back(all[i]);
  return out;
}

absl::StatusOr<Likelihood> ScoreLikelihood(const Scorer& scorer, const Dataset& dataset,
                                           const std::vector<Sequence>& contexts,
                                           const LikelihoodOptions& options) {
  if (contexts.empty()) return absl::FailedPreconditionError("there are no contexts to score");
  const std::vector<Sequence> chosen = ChooseContexts(contexts, options);
  const uint64_t rows = RowsOf(chosen);
  std::vector<ContextSums> sums(chosen.size());
  std::atomic<uint64_t> done{0};
  WorkerPool pool(options.threads);
  STANFLOW_RETURN_IF_ERROR(pool.RunUntilError(chosen.size(), [&](size_t i) -> absl::Status {
    if (options.stop_requested && options.stop_requested())
      return absl::CancelledError("stopped while scoring");
    STANFLOW_ASSIGN_OR_RETURN(sums[i], ScoreContext(scorer, dataset, chosen[i]));
    const uint64_t now = done += sums[i].rows;
    if (options.progress) options.progress(now, rows);
    return absl::OkStatus();
  }));
  Likelihood out;
  out.rows = rows;
  out.contexts = chosen.size();
  out.rows_of_all = RowsOf(contexts);
  out.contexts_of_all = contexts.size();
  out.exact_per_row = EstimateOf(sums, kRowPlace);
  for (int a = 0; a < kNumAttributes; ++a) out.exact[a] = EstimateOf(sums, a);
  Estimate* const paper[] = {&out.paper_bytes, &out.paper_packets, &out.paper_duration, &out.paper_protocol};
  for (int p = 0; p < 4; ++p) *paper[p] = EstimateOf(sums, kPaperPlace + p);
  return out;
}

}  // namespace stanflow
