#ifndef STANFLOW_SERVER_JOBS_ATTEMPT_OUTCOME_H_
#define STANFLOW_SERVER_JOBS_ATTEMPT_OUTCOME_H_

#include <string>

#include "absl/status/status.h"
#include "server/jobs/worker_launcher.h"

namespace stanflow {

// Everything that tells why a worker ended.
struct AttemptEnd {
  WorkerEnd end;
  absl::Status reported;       // of its error line; OK: none came
  bool stop_asked = false;     // the server asked it to stop (cancel, drain)
  bool lease_expired = false;  // it was killed because it had gone silent
  bool drained = false;        // it was killed because the server stops
  absl::Status killed_for;     // it was killed because the server could not go on with it; OK: it was not
  std::string log_tail;        // the end of what this attempt wrote to worker.log
};

// OK: the work is done. CANCELLED: handed back, by no fault of the job's; unless `stop_asked`, somebody else
// than the server stopped it (as a service manager may stop all processes at once). Else the job's failure.
// Pure.
absl::Status AttemptOutcome(const AttemptEnd& end);

// The last `max_bytes` of a file from `offset` on, cut to whole lines, as valid UTF-8; empty if it can't be
// read.
std::string ReadTail(const std::string& path, uint64_t offset, size_t max_bytes);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_ATTEMPT_OUTCOME_H_
