#include "server/jobs/job_state.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace stanflow {
namespace {

constexpr JobTransition kTransitions[] = {
    {JobState::kQueued, JobAction::kLease, JobState::kRunning},
    {JobState::kQueued, JobAction::kCancel, JobState::kCancelled},
    {JobState::kRunning, JobAction::kPublish, JobState::kRunning},
    {JobState::kRunning, JobAction::kSucceed, JobState::kSucceeded},
    {JobState::kRunning, JobAction::kFail, JobState::kFailed},
    {JobState::kRunning, JobAction::kRetry, JobState::kQueued},
    {JobState::kRunning, JobAction::kHandBack, JobState::kQueued},
    {JobState::kRunning, JobAction::kSetBack, JobState::kQueued},
    {JobState::kRunning, JobAction::kCancel, JobState::kCancelling},
    {JobState::kCancelling, JobAction::kPublish, JobState::kCancelled},
    {JobState::kCancelling, JobAction::kFail, JobState::kCancelled},
    {JobState::kCancelling, JobAction::kRetry, JobState::kCancelled},
    {JobState::kCancelling, JobAction::kHandBack, JobState::kCancelled},
    {JobState::kCancelling, JobAction::kSetBack, JobState::kCancelled},
    {JobState::kCancelling, JobAction::kCancel, JobState::kCancelling},
};

// A cancelled collection has rows to publish: it is CANCELLED once a worker has done that, or none can.
constexpr JobTransition kTransitionsOfCollections[] = {
    {JobState::kQueued, JobAction::kCancel, JobState::kCancelling},
    {JobState::kCancelling, JobAction::kLease, JobState::kCancelling},
    {JobState::kCancelling, JobAction::kRetry, JobState::kCancelling},
    {JobState::kCancelling, JobAction::kHandBack, JobState::kCancelling},
    {JobState::kCancelling, JobAction::kSetBack, JobState::kCancelling},
};

const char* ActionName(JobAction action) {
  switch (action) {
    case JobAction::kLease:
      return "lease";
    case JobAction::kPublish:
      return "publish";
    case JobAction::kSucceed:
      return "succeed";
    case JobAction::kFail:
      return "fail";
    case JobAction::kRetry:
      return "retry";
    case JobAction::kHandBack:
      return "hand back";
    case JobAction::kSetBack:
      return "set back";
    case JobAction::kCancel:
      return "cancel";
  }
  return "?";
}

const JobTransition* FindTransition(absl::Span<const JobTransition> table, JobState from, JobAction action) {
  for (const JobTransition& t : table) {
    if (t.from == from && t.action == action) return &t;
  }
  return nullptr;
}

const JobTransition* FindTransition(const Job& job, JobAction action) {
  const JobTransition* special = nullptr;
  // One that never had a worker has no rows.
  if (job.kind == JobKind::kCollect && job.attempts > 0) {
    special = FindTransition(kTransitionsOfCollections, job.state, action);
  }
  return special != nullptr ? special : FindTransition(kTransitions, job.state, action);
}

bool IsLateCancel(const Job& job, JobAction action) {
  if (action != JobAction::kCancel) return false;
  return IsFinal(job.state) || job.publishing || job.state == JobState::kCancelling;
}

// Both may run for years. A stream waits for its peer, for a place among the streams and for its disk, a
// collection for its port and its disk, as long as that takes: it is no fault of their own.
bool WaitsForOthers(JobKind kind) { return kind == JobKind::kStream || kind == JobKind::kCollect; }

bool WaitsOut(JobKind kind, const absl::Status& error) {
  return WaitsForOthers(kind) && (absl::IsUnavailable(error) || absl::IsResourceExhausted(error));
}

// Else the third crash within a year would be their end.
void ForgetAfterCalm(int64_t now_ms, Job* job) {
  if (!WaitsForOthers(job->kind) || job->leased_ms == 0 || now_ms - job->leased_ms < kCalmMs) return;
  job->failures = 0;
  job->setbacks = 0;
}

JobAction Resolve(const Job& job, const JobChange& change) {
  if (change.action != JobAction::kFail && change.action != JobAction::kSetBack) return change.action;
  if (WaitsOut(job.kind, change.error)) return JobAction::kSetBack;
  const bool set_back = change.action == JobAction::kSetBack || absl::IsResourceExhausted(change.error);
  if (set_back && job.setbacks < kMaxSetbacks) return JobAction::kSetBack;
  const bool tries_left = job.failures + 1 < job.max_failures;
  return tries_left && !IsFinalError(change.error.code()) ? JobAction::kRetry : JobAction::kFail;
}

int64_t SetBackDelayMs(const absl::Status& error, uint32_t setbacks) {
  return absl::IsResourceExhausted(error) ? kSetBackDelayMs : RetryDelayMs(setbacks);
}

std::string ErrorText(const absl::Status& error) {
  return absl::StrCat(absl::StatusCodeToString(error.code()), ": ", error.message());
}

std::string DefaultMessage(const Job& job, JobAction action, const JobChange& change) {
  if (job.state == JobState::kCancelled) return "cancelled";
  switch (action) {
    case JobAction::kLease:
      return absl::StrCat("attempt ", job.attempts, " starts");
    case JobAction::kPublish:
      return "publishing";
    case JobAction::kSucceed:
      return job.result.empty() ? "done" : absl::StrCat("published ", job.result);
    case JobAction::kFail:
      return absl::StrCat("failed: ", ErrorText(change.error));
    case JobAction::kRetry:
      return absl::StrCat("failure ", job.failures, " of ", job.max_failures, ", next try in ",
                          RetryDelayMs(job.failures) / 1000, " s: ", ErrorText(change.error));
    case JobAction::kHandBack:
      return "handed back";
    case JobAction::kSetBack:
      return absl::StrCat("set back (", job.setbacks,
                          WaitsForOthers(job.kind) ? "" : absl::StrCat(" of ", kMaxSetbacks),
                          "), next try in ", SetBackDelayMs(change.error, job.setbacks) / 1000,
                          " s: ", ErrorText(change.error));
    case JobAction::kCancel:
      return "cancel asked for";
  }
  return "";
}

void RecordError(const absl::Status& error, Job* job) {
  job->publishing = false;
  job->error_code = absl::StatusCodeToString(error.code());
  job->error_message = std::string(error.message());
}

void ApplyEffects(JobAction action, const JobChange& change, Job* job) {
  switch (action) {
    case JobAction::kLease:
      ++job->attempts;
      job->leased_ms = change.now_ms;
      job->not_before_ms = 0;
      if (job->started_ms == 0) job->started_ms = change.now_ms;
      break;
    case JobAction::kPublish:
      job->publishing = true;
      break;
    case JobAction::kSucceed:
      job->publishing = false;
      job->result = change.result;
      job->result_json = change.result_json;
      job->artifacts = change.artifacts;
      job->progress.fraction = 1;
      job->progress.seconds_left = 0;
      break;
    case JobAction::kFail:
      ++job->failures;
      RecordError(change.error, job);
      break;
    case JobAction::kRetry:
      ++job->failures;
      RecordError(change.error, job);
      job->not_before_ms = change.now_ms + RetryDelayMs(job->failures);
      break;
    case JobAction::kSetBack:
      ++job->setbacks;
      RecordError(change.error, job);
      job->not_before_ms = change.now_ms + SetBackDelayMs(change.error, job->setbacks);
      break;
    case JobAction::kHandBack:
    case JobAction::kCancel:
      break;
  }
}

// Whether it leads to CANCELLING without a worker.
bool AwaitsWorker(const JobTransition& t) {
  const bool had_worker = t.from == JobState::kRunning || t.action == JobAction::kLease;
  return t.to == JobState::kCancelling && !had_worker;
}

}  // namespace

bool HasWorker(const Job& job) {
  return job.state == JobState::kRunning || (job.state == JobState::kCancelling && job.not_before_ms == 0);
}

bool IsFinal(JobState state) {
  return state == JobState::kSucceeded || state == JobState::kFailed || state == JobState::kCancelled;
}

const char* JobKindName(JobKind kind) {
  switch (kind) {
    case JobKind::kImport:
      return "import";
    case JobKind::kTrain:
      return "train";
    case JobKind::kEvaluate:
      return "evaluate";
    case JobKind::kStream:
      return "stream";
    case JobKind::kReproduce:
      return "reproduce";
    case JobKind::kCollect:
      return "collect";
  }
  return "?";
}

const char* JobStateName(JobState state) {
  switch (state) {
    case JobState::kQueued:
      return "QUEUED";
    case JobState::kRunning:
      return "RUNNING";
    case JobState::kCancelling:
      return "CANCELLING";
    case JobState::kSucceeded:
      return "SUCCEEDED";
    case JobState::kFailed:
      return "FAILED";
    case JobState::kCancelled:
      return "CANCELLED";
  }
  return "?";
}

absl::Span<const JobTransition> JobTransitions() { return kTransitions; }
absl::Span<const JobTransition> JobTransitionsOfCollections() { return kTransitionsOfCollections; }

absl::StatusOr<ChangedJob> ApplyChange(const Job& job, const JobChange& change) {
  ChangedJob next;
  next.job = job;
  if (IsLateCancel(job, change.action)) return next;
  if (HasWorker(job)) ForgetAfterCalm(change.now_ms, &next.job);
  const JobAction action = Resolve(next.job, change);
  const JobTransition* transition = FindTransition(job, action);
  if (transition == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("job ", job.id, " is ", JobStateName(job.state), ": can't ", ActionName(action)));
  }
  next.changed = true;
  next.job.state = transition->to;
  // A cancelled job keeps no trace of how its last attempt ended.
  if (transition->to != JobState::kCancelled) ApplyEffects(action, change, &next.job);
  if (AwaitsWorker(*transition)) next.job.not_before_ms = std::max(next.job.not_before_ms, change.now_ms);
  if (IsFinal(transition->to)) next.job.ended_ms = change.now_ms;
  next.message = change.message.empty() ? DefaultMessage(next.job, action, change) : change.message;
  return next;
}

bool IsFinalError(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kAlreadyExists:
      return true;
    default:
      return false;
  }
}

int64_t RetryDelayMs(uint32_t failures) {
  constexpr int64_t kFirst = 1000, kLongest = 60000;
  int64_t delay = kFirst;
  for (uint32_t i = 1; i < failures && delay < kLongest; ++i) delay *= 4;
  return std::min(delay, kLongest);
}

}  // namespace stanflow
