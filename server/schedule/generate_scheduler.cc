#include "server/schedule/generate_scheduler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

constexpr uint32_t kMaxChunkRows = 65536;

StepEngineOptions EngineOptions(const GenerateSchedulerOptions& options) {
  StepEngineOptions engine;
  engine.threads = options.engine_threads > 0 ? options.engine_threads
                                              : std::max<int>(1, std::thread::hardware_concurrency());
  engine.tiles_per_thread = options.tiles_per_thread;
  engine.min_tile_fill = options.min_tile_fill;
  return engine;
}

absl::Status Draining() {
  return absl::UnavailableError("the server is shutting down; go on with the resume token once it is back");
}

}  // namespace

GenerateScheduler::GenerateScheduler(const GenerateSchedulerOptions& options, const Clock* clock,
                                     SnapshotStore* snapshots, SchedulerObserver* observer)
    : options_(options),
      clock_(clock),
      snapshots_(snapshots),
      observer_(observer != nullptr ? observer : SchedulerObserver::None()),
      environment_{clock_, observer_, snapshots_, options.snapshot_rows, options.flush_after},
      engine_(EngineOptions(options), clock_, observer_),
      planner_([this] { Run(); }) {}

GenerateScheduler::~GenerateScheduler() {
  Drain(clock_->SteadyNow());
  {
    MutexLock lock(&mutex_);
    events_.stop = true;
    wake_.NotifyOne();
  }
  planner_.join();
}

absl::StatusOr<StreamTicket> GenerateScheduler::Start(StreamRequest request, StreamSink* sink) {
  const Time started = clock_->SteadyNow();
  STANFLOW_RETURN_IF_ERROR(Check(request));
  STANFLOW_RETURN_IF_ERROR(Admit(request.spec.hosts));
  std::unique_ptr<FlowStream> flows = ActiveStream::OpenFlows(request, options_.look_ahead_rows, snapshots_);
  StreamTicket ticket;
  if (flows != nullptr) ticket.replayed_rows = request.first_row - flows->emitted();
  if (ticket.replayed_rows > 0) observer_->OnReplay(ticket.replayed_rows);
  MutexLock lock(&mutex_);
  ticket.id = next_id_++;
  events_.joins.push_back(std::make_unique<ActiveStream>(ticket.id, std::move(request), std::move(flows),
                                                         sink, started, &environment_));
  wake_.NotifyOne();
  return ticket;
}

absl::Status GenerateScheduler::Check(const StreamRequest& request) const {
  STANFLOW_RETURN_IF_ERROR(ValidateStreamSpec(request.spec));
  if (request.chunk_rows < 1 || request.chunk_rows > kMaxChunkRows) {
    return absl::InvalidArgumentError(
        absl::StrCat("chunk_rows: ", request.chunk_rows, "; give 1 to ", kMaxChunkRows));
  }
  if (request.spec.rows.has_value() && request.first_row > *request.spec.rows) {
    return absl::InvalidArgumentError(absl::StrCat(
        "first_row: ", request.first_row, " lies beyond the stream's ", *request.spec.rows, " rows"));
  }
  if (!request.snapshot_key.empty() && !SnapshotStore::IsKey(request.snapshot_key)) {
    return absl::InvalidArgumentError("snapshot_key: letters, digits, '-' and '_' only, 128 at most");
  }
  if (request.spec.hosts > options_.max_contexts) {
    return absl::FailedPreconditionError(absl::StrCat("hosts: ", request.spec.hosts, " is more than the ",
                                                      options_.max_contexts,
                                                      " contexts of this server; ask for fewer hosts"));
  }
  return absl::OkStatus();
}

absl::Status GenerateScheduler::Admit(int64_t contexts) {
  MutexLock lock(&mutex_);
  if (drain_deadline_.has_value()) return Draining();
  if (load_.streams >= options_.max_streams) {
    return absl::ResourceExhaustedError(
        absl::StrCat("all ", options_.max_streams, " streams of this server are taken; try again later"));
  }
  if (load_.contexts + contexts > options_.max_contexts) {
    return absl::ResourceExhaustedError(absl::StrCat(
        load_.contexts, " of the ", options_.max_contexts, " contexts of this server are taken, ", contexts,
        " more do not fit; try again later or with fewer hosts"));
  }
  ++load_.streams;
  ++unfinished_;
  load_.contexts += contexts;
  return absl::OkStatus();
}

void GenerateScheduler::Resume(uint64_t id) {
  MutexLock lock(&mutex_);
  events_.resumes.push_back(id);
  wake_.NotifyOne();
}

void GenerateScheduler::Cancel(uint64_t id) {
  MutexLock lock(&mutex_);
  events_.cancels.push_back(id);
  wake_.NotifyOne();
}

void GenerateScheduler::Drain(Time deadline) {
  MutexLock lock(&mutex_);
  drain_deadline_ = drain_deadline_.has_value() ? std::min(*drain_deadline_, deadline) : deadline;
  wake_.NotifyOne();
  while (unfinished_ > 0) idle_.Wait(&mutex_);
}

SchedulerLoad GenerateScheduler::Load() const {
  MutexLock lock(&mutex_);
  return load_;
}

void GenerateScheduler::Run() {
  while (true) {
    Events events = NextEvents();
    if (events.stop) return;
    Apply(std::move(events));
    FinishEnded();
    ReportLoad();
    engine_.Step();
    FinishEnded();
    // The last stream that ran may have been parked: the next event can be far away.
    ReportLoad();
  }
}

GenerateScheduler::Events GenerateScheduler::NextEvents() {
  const bool has_work = engine_.HasWork();
  MutexLock lock(&mutex_);
  while (!has_work && events_.empty()) {
    const std::optional<Time> timeout = NextTimeout();
    if (!timeout.has_value()) {
      wake_.Wait(&mutex_);
      continue;
    }
    const auto left = *timeout - clock_->SteadyNow();
    if (left <= left.zero()) break;
    wake_.WaitUntil(&mutex_, std::chrono::steady_clock::now() + left);
  }
  Events events = std::exchange(events_, Events());
  events.drain_now = drain_deadline_.has_value() && clock_->SteadyNow() >= *drain_deadline_;
  return events;
}

std::optional<GenerateScheduler::Time> GenerateScheduler::NextTimeout() {
  return engine_.size() > 0 ? drain_deadline_ : std::nullopt;
}

void GenerateScheduler::Apply(Events events) {
  for (auto& stream : events.joins) engine_.Add(std::move(stream));
  for (const uint64_t id : events.resumes) engine_.Resume(id);
  for (const uint64_t id : events.cancels) {
    if (ActiveStream* const stream = engine_.Find(id))
      stream->End(absl::CancelledError("cancelled by its reader"));
  }
  if (events.drain_now) {
    engine_.ForEach([](ActiveStream* stream) {
      if (stream->state() == ActiveStream::State::kEnded) return;
      stream->HandBack();
      stream->End(Draining());
    });
  }
}

void GenerateScheduler::FinishEnded() {
  for (const std::unique_ptr<ActiveStream>& stream : engine_.TakeEnded()) Finish(stream.get());
}

void GenerateScheduler::Finish(ActiveStream* stream) {
  {
    MutexLock lock(&mutex_);
    --load_.streams;
    load_.contexts -= stream->request().spec.hosts;
  }
  // The slot is free, here and in the metrics, before the client can know of the end.
  ReportLoad();
  observer_->OnStreamEnd(stream->end_status());
  stream->sink()->Finish(stream->end_status());
  MutexLock lock(&mutex_);
  if (--unfinished_ == 0) idle_.NotifyAll();
}

void GenerateScheduler::ReportLoad() {
  int parked = 0;
  engine_.ForEach(
      [&](const ActiveStream* stream) { parked += stream->state() == ActiveStream::State::kParked; });
  SchedulerLoad load;
  {
    MutexLock lock(&mutex_);
    load_.parked = parked;
    load = load_;
  }
  if (load.streams == reported_.streams && load.contexts == reported_.contexts &&
      load.parked == reported_.parked) {
    return;
  }
  reported_ = load;
  observer_->OnLoad(load);
}

}  // namespace stanflow
