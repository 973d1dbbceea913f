#ifndef STANFLOW_SERVER_JOBS_JOB_H_
#define STANFLOW_SERVER_JOBS_JOB_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace stanflow {

// Numbers are stored: they never change meaning.
enum class JobKind { kImport = 1, kTrain = 2, kEvaluate = 3, kReproduce = 4, kStream = 5, kCollect = 6 };

// A job's life; `job_state.h` holds the table of transitions and the one function that applies it.
//
//   QUEUED -> RUNNING -> SUCCEEDED
//      ^         |-----> QUEUED      (failed with tries left, set back, or the server restarted)
//      |         |-----> FAILED
//      |         '-----> CANCELLING -> CANCELLED
//      '-- QUEUED -> CANCELLED    (a collection that ran: CANCELLING, until a worker has published its rows)
enum class JobState {
  kQueued = 1,
  kRunning = 2,
  kCancelling = 3,
  kSucceeded = 4,
  kFailed = 5,
  kCancelled = 6
};

bool IsFinal(JobState state);
// "train", ...: the worker's --kind, and JobKind's names in small letters.
const char* JobKindName(JobKind kind);
// "QUEUED", "RUNNING", ...
const char* JobStateName(JobState state);

struct JobProgress {
  double fraction = 0;  // 0 to 1
  std::string phase;
  std::string attribute;
  uint32_t epoch = 0;
  double nats = 0;
  double rows_per_second = 0;
  double seconds_left = -1;  // negative: unknown
  std::string message;
};

struct Job {
  std::string id;
  JobKind kind = JobKind::kTrain;
  JobState state = JobState::kQueued;
  int32_t priority = 0;
  int64_t number = 0;                                    // order of arrival, counted up by the store
  int64_t created_ms = 0, started_ms = 0, ended_ms = 0;  // since the epoch; 0: not yet
  // QUEUED after a failure: when the next try may start. CANCELLING: the same, and 0 while a worker has it.
  int64_t not_before_ms = 0;
  uint32_t attempts = 0;  // fencing: only the newest attempt may write
  int64_t leased_ms = 0;  // when the newest attempt began; 0: none has, or an older version began it
  uint32_t failures = 0;
  uint32_t max_failures = 3;
  uint32_t setbacks = 0;  // attempts that something from outside ended and that count as no failure
  // What the job made is being given its name: too late for a cancel. Kept over a restart of the server.
  bool publishing = false;
  JobProgress progress;
  std::string request_id;  // empty: none
  std::string error_code, error_message;
  std::string result;                  // resource name of what was published
  std::vector<std::string> artifacts;  // files in the job's folder `out/`
  std::string spec_json;
  std::string result_json;
};

bool HasWorker(const Job& job);

struct JobEvent {
  uint64_t sequence = 0;  // 1, 2, ... within a job
  int64_t time_ms = 0;
  JobState state = JobState::kQueued;
  uint32_t attempt = 0;
  bool has_progress = false;
  JobProgress progress;
  std::string message;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_H_
