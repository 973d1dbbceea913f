#ifndef STANFLOW_CLIENT_CLI_LIB_JOB_WAIT_H_
#define STANFLOW_CLIENT_CLI_LIB_JOB_WAIT_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/lib/cli.h"

namespace stanflow {

struct JobWatch {
  std::string name;             // "jobs/ID"
  uint64_t after_sequence = 0;  // of the last event that is known already
  // How long a server that is gone (restarting, say) or too busy is waited for. Seconds.
  double retry_seconds = 60;
  // This very server has just answered the job. Else one that never answers is an error at once: waiting
  // would hide a wrong address.
  bool submitted = false;
  // Told why, once a break, before it is tried again.
  std::function<void(const absl::Status&)> on_break = nullptr;
};

// Calls `on_event` for every event, once and in order, until the one that ends the job.
// An error of `on_event` ends it. CANCELLED after an interrupt; the job itself goes on.
absl::Status WatchEvents(const Server& server, const JobWatch& watch,
                         const std::function<absl::Status(const stanflow::v1::JobEvent&)>& on_event);

// Tells people of a break.
void NoteBreak(const Cli& cli, const JobWatch& watch, const absl::Status& why);

// Waits for the end with a progress line and notes of breaks; answers the job as it ended,
// whatever its end was. After an interrupt says, how to watch or cancel the job, which goes on.
absl::StatusOr<stanflow::v1::Job> WaitForJob(const Cli& cli, const Server& server, const JobWatch& watch);

// What a command that waited for `job` answers; prints why, if that is not kOk.
ExitCode JobOutcome(const Cli& cli, const stanflow::v1::Job& job);

// A file that the job made, whole.
absl::StatusOr<std::string> GetArtifact(const Server& server, const std::string& job,
                                        const std::string& artifact);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_JOB_WAIT_H_
