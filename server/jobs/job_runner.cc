#include "server/jobs/job_runner.h"

#include <algorithm>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "server/jobs/job_folder.h"
#include "server/jobs/worker_protocol.h"

namespace stanflow {
namespace {

constexpr JobKind kWork[] = {JobKind::kTrain, JobKind::kEvaluate, JobKind::kReproduce};
constexpr JobKind kImports[] = {JobKind::kImport};
constexpr JobKind kStreams[] = {JobKind::kStream};
constexpr JobKind kCollections[] = {JobKind::kCollect};

// After the store failed (a full disk, say): often enough to go on soon, seldom enough to write no log of it.
constexpr std::chrono::seconds kStoreRetry{5};
// How much of worker.log explains a crash.
constexpr size_t kTailBytes = 2000;

// Whether the same call may work later.
bool IsStoreTrouble(const absl::Status& status) {
  return !status.ok() && !absl::IsFailedPrecondition(status) && !absl::IsNotFound(status);
}

}  // namespace

JobRunner::JobRunner(JobRunnerOptions options, JobStore* store, WorkerLauncher* launcher, const Clock* clock,
                     JobRunnerHooks hooks)
    : options_(std::move(options)),
      store_(store),
      launcher_(launcher),
      clock_(clock),
      hooks_(std::move(hooks)),
      ending_(options_.data_dir, store, clock, &hooks_) {}

JobRunner::~JobRunner() {
  if (thread_.joinable()) Drain(std::chrono::milliseconds(0));
  // Without Start: destroys the workers before the members that their callbacks use.
  std::map<std::string, std::unique_ptr<Attempt>> left;
  {
    MutexLock lock(&mutex_);
    left.swap(attempts_);
  }
}

std::string JobRunner::FolderOf(const Job& job) const { return JobFolder(options_.data_dir, job.id); }

absl::Status JobRunner::Recover() {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<Job> jobs,
                            store_->HandBackAll(clock_->NowMs(), "the server restarted"));
  for (const Job& job : jobs) {
    LogInfo("job recovered", {{"job", job.id}, {"state", JobStateName(job.state)}});
    hooks_.changed(job);
  }
  if (!options_.sweep_folders) return absl::OkStatus();
  const auto known = [this](const std::string& id) { return !absl::IsNotFound(store_->Get(id).status()); };
  const auto ended = [this](const std::string& id) {
    const auto job = store_->Get(id);
    return job.ok() && IsFinal(job->state);
  };
  return SweepJobFolders(options_.data_dir, known, ended);
}

void JobRunner::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void JobRunner::Loop() {
  while (true) {
    const TimePoint next = Step();
    MutexLock lock(&mutex_);
    if (drain_until_.has_value() && attempts_.empty()) return;
    while (!woken_ && clock_->SteadyNow() < next) wake_.WaitUntil(&mutex_, next);
    woken_ = false;
  }
}

void JobRunner::Wake() {
  MutexLock lock(&mutex_);
  woken_ = true;
  wake_.NotifyAll();
}

void JobRunner::BeginDrain(std::chrono::milliseconds grace) {
  {
    MutexLock lock(&mutex_);
    drain_until_ = clock_->SteadyNow() + grace;
  }
  Wake();
}

void JobRunner::Drain(std::chrono::milliseconds grace) {
  BeginDrain(grace);
  if (thread_.joinable()) thread_.join();
}

bool JobRunner::Draining() const {
  MutexLock lock(&mutex_);
  return drain_until_.has_value();
}

size_t JobRunner::running() const {
  MutexLock lock(&mutex_);
  return attempts_.size();
}

JobRunner::TimePoint JobRunner::Step() {
  FinishEnded();
  StopWorkers();
  FillSlots();
  return NextWake();
}

// ---- what workers say ----

void JobRunner::OnLine(Attempt* attempt, std::string_view line) {
  {
    MutexLock lock(&mutex_);
    ++attempt->lines_in_work;
  }
  const auto parsed = ParseWorkerLine(line);
  if (!parsed.ok()) {
    LogWarning("worker line not understood",
               {{"job", attempt->job.id}, {"error", std::string(parsed.status().message())}});
  } else {
    Do(*parsed, attempt);
  }
  MutexLock lock(&mutex_);
  --attempt->lines_in_work;
  if (!parsed.ok()) return;
  attempt->lease_end = clock_->SteadyNow() + options_.lease;
  if (parsed->type == WorkerLine::Type::kError) attempt->end.reported = parsed->error;
}

void JobRunner::Do(const WorkerLine& line, Attempt* attempt) {
  switch (line.type) {
    case WorkerLine::Type::kProgress:
      return StoreProgress(attempt, line.progress);
    case WorkerLine::Type::kSink:
      if (hooks_.sink_report) hooks_.sink_report(attempt->job, line.sink);
      return;
    case WorkerLine::Type::kCollection:
      if (hooks_.collection_report) hooks_.collection_report(attempt->job, line.collection);
      return;
    case WorkerLine::Type::kPublish:
      return PublishSoFar(attempt);
    case WorkerLine::Type::kHeartbeat:
    case WorkerLine::Type::kError:
      return;
  }
}

void JobRunner::PublishSoFar(Attempt* attempt) {
  const std::string folder = FolderOf(attempt->job);
  const absl::Status published = hooks_.publish_so_far
                                     ? hooks_.publish_so_far(attempt->job, folder + "/out")
                                     : absl::UnimplementedError("nothing is published before a job's end");
  const absl::Status answered = WriteFileDurably(folder + "/published", PublishAnswer(published));
  if (answered.ok()) return;
  LogError("answer to a worker not written", {{"job", attempt->job.id}, {"error", answered.ToString()}});
  // It would wait for ever, and beat.
  MutexLock lock(&mutex_);
  attempt->end.killed_for = answered;
  attempt->kill_at = clock_->SteadyNow();
  woken_ = true;
  wake_.NotifyAll();
}

void JobRunner::StoreProgress(Attempt* attempt, const JobProgress& progress) {
  const absl::Status stored =
      store_->AddProgress(attempt->job.id, attempt->job.attempts, progress, clock_->NowMs());
  if (!stored.ok()) {
    LogWarning("progress not stored", {{"job", attempt->job.id}, {"error", stored.ToString()}});
    return;
  }
  Job job = attempt->job;
  job.progress = progress;
  hooks_.changed(job);
}

void JobRunner::OnEnded(Attempt* attempt, const WorkerEnd& end) {
  MutexLock lock(&mutex_);
  attempt->ended = true;
  attempt->end.end = end;
  woken_ = true;
  wake_.NotifyAll();
}

// ---- ends of attempts ----

std::vector<JobRunner::Attempt*> JobRunner::Attempts() const {
  MutexLock lock(&mutex_);
  std::vector<Attempt*> attempts;
  for (const auto& entry : attempts_) attempts.push_back(entry.second.get());
  return attempts;
}

void JobRunner::Forget(const std::string& id) {
  std::unique_ptr<Attempt> attempt;  // destroyed without the lock: it waits for callbacks, which take it
  MutexLock lock(&mutex_);
  const auto it = attempts_.find(id);
  attempt = std::move(it->second);
  attempts_.erase(it);
}

bool JobRunner::EndIsDue(const Attempt& attempt) const {
  MutexLock lock(&mutex_);
  return attempt.ended && attempt.retry_end_at.value_or(TimePoint::min()) <= clock_->SteadyNow();
}

void JobRunner::FinishEnded() {
  for (Attempt* attempt : Attempts()) {
    if (!EndIsDue(*attempt)) continue;
    // No callback comes after the end: only this thread uses the attempt now.
    const absl::Status stored = Finish(*attempt);
    if (!stored.ok()) {
      LogError("job's end not stored", {{"job", attempt->job.id}, {"error", stored.ToString()}});
    }
    if (!TryEndAgain(stored, attempt)) Forget(attempt->job.id);
  }
}

bool JobRunner::TryEndAgain(const absl::Status& stored, Attempt* attempt) {
  MutexLock lock(&mutex_);
  // While draining there is no time to wait for the disk: the next start hands the job back.
  if (!IsStoreTrouble(stored) || drain_until_.has_value()) return false;
  attempt->retry_end_at = clock_->SteadyNow() + kStoreRetry;
  return true;
}

absl::Status JobRunner::Finish(const Attempt& attempt) {
  const Job& job = attempt.job;
  AttemptEnd end = attempt.end;
  end.stop_asked = end.stop_asked || Draining();  // a service manager may stop server and workers together
  end.log_tail = ReadTail(FolderOf(job) + "/worker.log", attempt.log_offset, kTailBytes);
  return ending_.Store(job, end, CancelAsked(job.id));
}

// ---- stopping ----

bool JobRunner::CancelAsked(const std::string& id) {
  const auto job = store_->Get(id);
  return job.ok() && job->state == JobState::kCancelling;
}

void JobRunner::StopWorkers() {
  const TimePoint now = clock_->SteadyNow();
  for (Attempt* attempt : Attempts()) {
    const bool cancel = !attempt->end.stop_asked && CancelAsked(attempt->job.id);
    bool kill = false, ask = false;
    {
      MutexLock lock(&mutex_);
      if (attempt->ended || attempt->killed) continue;
      std::optional<TimePoint>& kill_at = attempt->kill_at;
      const bool has_time = attempt->job.kind == JobKind::kCollect;
      const TimePoint by = has_time ? TimePoint::max() : now + options_.cancel_grace;
      if (cancel) kill_at = std::min(kill_at.value_or(by), by);
      if (drain_until_.has_value()) kill_at = std::min(kill_at.value_or(*drain_until_), *drain_until_);
      ask = kill_at.has_value() && !attempt->end.stop_asked;
      attempt->end.stop_asked = kill_at.has_value();
      attempt->end.drained = drain_until_.has_value();
      const bool silent = attempt->lines_in_work == 0 && attempt->lease_end <= now;
      attempt->end.lease_expired = silent && !attempt->end.stop_asked;
      kill = silent || (kill_at.has_value() && *kill_at <= now);
      attempt->killed = kill;
    }
    if (ask) attempt->process->Terminate();
    if (kill) attempt->process->Kill();
  }
}

// ---- starting ----

int JobRunner::CountRunning(absl::Span<const JobKind> kinds) const {
  MutexLock lock(&mutex_);
  return static_cast<int>(std::count_if(attempts_.begin(), attempts_.end(), [&](const auto& entry) {
    return std::find(kinds.begin(), kinds.end(), entry.second->job.kind) != kinds.end();
  }));
}

void JobRunner::FillSlots() {
  if (Draining()) return;
  retry_lease_at_.reset();
  while (CountRunning(kWork) < options_.max_running && StartNext(kWork)) {
  }
  while (CountRunning(kImports) < options_.max_imports && StartNext(kImports)) {
  }
  while (CountRunning(kStreams) < options_.max_streams && StartNext(kStreams)) {
  }
  while (CountRunning(kCollections) < options_.max_collections && StartNext(kCollections)) {
  }
  while (StartLeased(store_->LeaseCancelled(clock_->NowMs()))) {
  }
}

bool JobRunner::StartNext(absl::Span<const JobKind> kinds) {
  return StartLeased(store_->LeaseNext(kinds, clock_->NowMs()));
}

bool JobRunner::StartLeased(const absl::StatusOr<std::optional<Job>>& leased) {
  if (!leased.ok()) {
    LogError("can't lease a job", {{"error", leased.status().ToString()}});
    retry_lease_at_ = clock_->SteadyNow() + kStoreRetry;
    return false;
  }
  if (!leased->has_value()) return false;
  auto owned = std::make_unique<Attempt>();
  Attempt* const attempt = owned.get();
  attempt->job = **leased;
  attempt->lease_end = clock_->SteadyNow() + options_.lease;
  if (attempt->job.state == JobState::kCancelling) {
    attempt->end.stop_asked = true;
    attempt->kill_at = TimePoint::max();
  }
  {
    MutexLock lock(&mutex_);
    attempts_[attempt->job.id] = std::move(owned);
  }
  hooks_.changed(**leased);
  const absl::Status launched = Launch(attempt);
  if (!launched.ok()) EndUnlaunched(attempt, launched);
  return true;
}

void JobRunner::EndUnlaunched(Attempt* attempt, const absl::Status& error) {
  {
    MutexLock lock(&mutex_);
    attempt->end.reported = error;
  }
  WorkerEnd end;
  end.exit_code = static_cast<int>(WorkerExit::kFailed);
  OnEnded(attempt, end);
}

absl::Status JobRunner::Launch(Attempt* attempt) {
  const Job& job = attempt->job;
  const std::string folder = FolderOf(job);
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(folder));
  STANFLOW_RETURN_IF_ERROR(WriteFileDurably(folder + "/spec.json", job.spec_json));
  attempt->log_offset = FileSize(folder + "/worker.log").value_or(0);
  WorkerCommand command;
  command.kind = job.kind;
  command.job_folder = folder;
  command.attempt = job.attempts;
  command.cancelled = job.state == JobState::kCancelling;
  WorkerCallbacks callbacks;
  callbacks.line = [this, attempt](std::string_view line) { OnLine(attempt, line); };
  callbacks.ended = [this, attempt](const WorkerEnd& end) { OnEnded(attempt, end); };
  STANFLOW_ASSIGN_OR_RETURN(attempt->process, launcher_->Launch(command, std::move(callbacks)));
  LogInfo("worker started", {{"job", job.id}, {"attempt", job.attempts}});
  return absl::OkStatus();
}

JobRunner::TimePoint JobRunner::NextWake() {
  const TimePoint now = clock_->SteadyNow();
  // Also without a reason: whatever was missed is found then.
  TimePoint next = now + options_.lease / 2;
  if (retry_lease_at_.has_value()) next = std::min(next, *retry_lease_at_);
  const int64_t now_ms = clock_->NowMs();
  const auto due = store_->NextDueMs(now_ms);
  if (due.ok() && due->has_value()) next = std::min(next, now + std::chrono::milliseconds(**due - now_ms));
  MutexLock lock(&mutex_);
  for (const auto& entry : attempts_) {
    const Attempt& attempt = *entry.second;
    if (attempt.ended && attempt.retry_end_at.has_value()) next = std::min(next, *attempt.retry_end_at);
    if (attempt.ended || attempt.killed) continue;
    if (attempt.kill_at.has_value()) next = std::min(next, *attempt.kill_at);
    if (attempt.lines_in_work == 0) next = std::min(next, attempt.lease_end);
  }
  return next;
}

}  // namespace stanflow
