#include "server/schedule/step_engine.h"

#include <algorithm>
#include <utility>

#include "absl/types/span.h"

namespace stanflow {
namespace {

// Flows that are worth waking a helper for when rows are delivered, at some hundred nanoseconds each.
constexpr size_t kFlowsAHelper = 256;
// Shares of the streams a thread, so that one with a large chunk to send does not hold up the rest.
constexpr size_t kSharesAThread = 4;

}  // namespace

StepEngine::StepEngine(const StepEngineOptions& options, const Clock* clock, SchedulerObserver* observer)
    : limits_{static_cast<uint32_t>(options.threads),
              static_cast<uint32_t>(options.threads * options.tiles_per_thread), options.min_tile_fill},
      clock_(clock),
      observer_(observer),
      pool_(options.threads) {}

void StepEngine::Add(std::unique_ptr<ActiveStream> stream) {
  entries_.emplace_back();
  entries_.back().stream = std::move(stream);
  ListGenerators();
}

ActiveStream* StepEngine::Find(uint64_t id) {
  for (Entry& entry : entries_) {
    if (entry.stream->id() == id) return entry.stream.get();
  }
  return nullptr;
}

void StepEngine::Resume(uint64_t id) {
  for (Entry& entry : entries_) {
    if (entry.stream->id() != id) continue;
    entry.stream->Resume();
    entry.pump = true;
  }
}

bool StepEngine::HasWork() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) {
    return entry.stream->state() == ActiveStream::State::kRunning;
  });
}

void StepEngine::Step() {
  const BatchPlan plan = Plan();
  TakeParts(plan);
  const auto start = clock_->SteadyNow();
  StepTiles(plan);
  const auto stepped = clock_->SteadyNow();
  DeliverParts();
  if (!plan.tiles.empty()) ReportStep(plan, stepped - start, clock_->SteadyNow() - stepped);
}

BatchPlan StepEngine::Plan() {
  plan_streams_.clear();
  for (const Entry& entry : entries_) {
    const ActiveStream& stream = *entry.stream;
    plan_streams_.push_back({stream.id(), entry.generator, static_cast<uint32_t>(stream.due()),
                             stream.state() == ActiveStream::State::kParked, entry.credit});
  }
  BatchPlan plan = PlanBatch(plan_streams_, plan_generators_, limits_);
  for (size_t i = 0; i < entries_.size(); ++i) entries_[i].credit = plan.credit[i];
  for (size_t g = 0; g < generators_.size(); ++g) plan_generators_[g].credit = plan.generator_credit[g];
  return plan;
}

void StepEngine::ListGenerators() {
  const std::vector<const Generator*> old = std::exchange(generators_, {});
  const std::vector<PlanGenerator> old_plan = std::exchange(plan_generators_, {});
  for (Entry& entry : entries_) {
    const Generator* const generator = entry.stream->request().generator.get();
    entry.generator = std::find(generators_.begin(), generators_.end(), generator) - generators_.begin();
    if (entry.generator < generators_.size()) continue;
    const size_t was = std::find(old.begin(), old.end(), generator) - old.begin();
    generators_.push_back(generator);
    plan_generators_.push_back({static_cast<uint32_t>(generator->info().tile_rows),
                                was < old.size() ? old_plan[was].credit : 0,
                                static_cast<uint32_t>(generator->info().least_tile_rows)});
  }
}

void StepEngine::TakeParts(const BatchPlan& plan) {
  contexts_.clear();
  tile_first_.clear();
  parts_.clear();
  for (const PlanTile& tile : plan.tiles) {
    tile_first_.push_back(contexts_.size());
    for (const PlanSlice& slice : absl::MakeConstSpan(plan.slices).subspan(tile.first_slice, tile.slices)) {
      Entry& entry = entries_[slice.stream];
      // A stream's slices follow each other, so that its part is one piece.
      if (parts_.empty() || parts_.back().stream != entry.stream.get()) {
        parts_.push_back({entry.stream.get(), contexts_.size(), 0});
      }
      entry.stream->TakeDue(slice.contexts, &contexts_);
      parts_.back().count += slice.contexts;
      entry.pump = false;
    }
  }
  for (Entry& entry : entries_) {
    if (std::exchange(entry.pump, false) || entry.stream->ready())
      parts_.push_back({entry.stream.get(), 0, 0});
  }
}

void StepEngine::StepTiles(const BatchPlan& plan) {
  rows_.resize(contexts_.size());
  tile_status_.assign(plan.tiles.size(), absl::OkStatus());
  pool_.Run(plan.tiles.size(), [&](size_t i) {
    const PlanTile& tile = plan.tiles[i];
    tile_status_[i] = generators_[tile.generator]->Step(
        absl::MakeConstSpan(contexts_).subspan(tile_first_[i], tile.contexts),
        absl::MakeSpan(rows_).subspan(tile_first_[i], tile.contexts));
  });
  for (size_t i = 0; i < plan.tiles.size(); ++i) {
    if (tile_status_[i].ok()) continue;
    const PlanTile& tile = plan.tiles[i];
    for (const PlanSlice& slice : absl::MakeConstSpan(plan.slices).subspan(tile.first_slice, tile.slices)) {
      entries_[slice.stream].stream->End(tile_status_[i]);
    }
  }
}

void StepEngine::DeliverParts() {
  // A part without contexts sends what was ready without a step: chunks.
  const size_t ready =
      std::count_if(parts_.begin(), parts_.end(), [](const Part& part) { return part.count == 0; });
  const size_t shares = std::min({parts_.size(), 1 + ready + contexts_.size() / kFlowsAHelper,
                                  kSharesAThread * static_cast<size_t>(pool_.threads())});
  pool_.Run(shares, [&](size_t share) {
    for (size_t i = share * parts_.size() / shares; i < (share + 1) * parts_.size() / shares; ++i) {
      const Part& part = parts_[i];
      if (part.stream->state() == ActiveStream::State::kEnded) continue;
      part.stream->Deliver(absl::MakeConstSpan(contexts_).subspan(part.first, part.count),
                           absl::MakeConstSpan(rows_).subspan(part.first, part.count));
      part.stream->Pump();
    }
  });
}

void StepEngine::ReportStep(const BatchPlan& plan, std::chrono::nanoseconds step,
                            std::chrono::nanoseconds deliver) {
  StepStats stats;
  stats.tiles = plan.tiles.size();
  stats.contexts = contexts_.size();
  for (const PlanTile& tile : plan.tiles) {
    const PlanGenerator& generator = plan_generators_[tile.generator];
    stats.tile_places +=
        generator.least_rows > 0 ? std::max(tile.contexts, generator.least_rows) : generator.tile_rows;
  }
  stats.step_time = step;
  stats.deliver_time = deliver;
  observer_->OnStep(stats);
}

std::vector<std::unique_ptr<ActiveStream>> StepEngine::TakeEnded() {
  std::vector<std::unique_ptr<ActiveStream>> ended;
  const auto first = std::stable_partition(entries_.begin(), entries_.end(), [](const Entry& entry) {
    return entry.stream->state() != ActiveStream::State::kEnded;
  });
  for (auto it = first; it != entries_.end(); ++it) ended.push_back(std::move(it->stream));
  entries_.erase(first, entries_.end());
  if (!ended.empty()) ListGenerators();
  return ended;
}

}  // namespace stanflow
