#ifndef STANFLOW_SERVER_JOBS_JOB_STATE_H_
#define STANFLOW_SERVER_JOBS_JOB_STATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/jobs/job.h"

namespace stanflow {

// What can happen to a job.
enum class JobAction {
  kLease,     // a worker gets it: a new attempt
  kPublish,   // its worker has done the work, which is about to get its name
  kSucceed,   // published
  kFail,      // the attempt failed for good, or the last try was used up
  kRetry,     // the attempt failed, tries are left
  kHandBack,  // the attempt ended because it was asked to (drain, restart of the server)
  kSetBack,   // the attempt was ended by what passes (a full disk, a signal from outside): a later try
  kCancel,    // somebody asked to cancel it
};

struct JobTransition {
  JobState from;
  JobAction action;
  JobState to;
};

// Every transition there is. Any end of the attempt of a CANCELLING job makes it CANCELLED.
absl::Span<const JobTransition> JobTransitions();
// Those that a collection which had a worker has instead, where both have the state and the action: what it
// took is published before it is CANCELLED, by another attempt if need be. Done is kPublish, hopeless kFail.
absl::Span<const JobTransition> JobTransitionsOfCollections();

struct JobChange {
  JobAction action = JobAction::kLease;
  int64_t now_ms = 0;
  std::string message;  // of the event; empty: a text by action
  absl::Status error;   // kFail, kSetBack: not OK; decides between kFail, kRetry and kSetBack
  std::string result, result_json;
  std::vector<std::string> artifacts;
};

struct ChangedJob {
  Job job;
  bool changed = false;  // false: nothing happened and no event is due
  std::string message;   // of the event
};

// The only function that changes a job's state; pure. FAILED_PRECONDITION if the table has no such
// transition. A cancel of a job that has ended or is being published changes nothing.
absl::StatusOr<ChangedJob> ApplyChange(const Job& job, const JobChange& change);

// INVALID_ARGUMENT, FAILED_PRECONDITION, NOT_FOUND, DATA_LOSS and ALREADY_EXISTS: trying again can't help.
bool IsFinalError(absl::StatusCode code);

// How long a job waits after its n-th failure (1 is the first): 1 s, 4 s, 16 s, then 60 s each: short enough
// for a crash by chance.
int64_t RetryDelayMs(uint32_t failures);

// How often a job is set back; what sets it back once more counts as a failure. With kSetBackDelayMs an hour
// of a full disk loses no checkpoint, and a disk that stays full is told in the end. Streams and collections
// wait without end.
constexpr uint32_t kMaxSetbacks = 60;
// An attempt of a stream or collection that lasted so long lets the failures before it be forgotten.
constexpr int64_t kCalmMs = 3600000;
// A disk that is full now is so for a while.
constexpr int64_t kSetBackDelayMs = 60000;

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_STATE_H_
