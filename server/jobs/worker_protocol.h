#ifndef STANFLOW_SERVER_JOBS_WORKER_PROTOCOL_H_
#define STANFLOW_SERVER_JOBS_WORKER_PROTOCOL_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/jobs/collection_report.h"
#include "server/jobs/job.h"
#include "server/jobs/sink_report.h"

namespace stanflow {

// How a server and the worker process of one of its jobs talk.
//
// The server writes `<job_dir>/spec.json` and starts the worker. The worker holds a lock on `<job_dir>/LOCK`
// for its life and prints JSON lines on its standard output:
//   {"type":"heartbeat"}                                      every few seconds: renews the lease
//   {"type":"progress","progress":{...}}                      renews it too
//   {"type":"sink","sink":{...}}                              and so does this (SinkReport)
//   {"type":"collection","collection":{...}}                  and this (CollectionReport)
//   {"type":"publish"}                                        likewise; see below
//   {"type":"error","code":"NOT_FOUND","message":"..."}       once, before it exits with kFailed
// A collection's worker asks with "publish" that what stands complete in `out/` gets its name while it goes
// on; the server answers by the file `<job_dir>/published`: {"code":"OK","message":""}, or why it was not.
// Before it exits with kDone it has written `<job_dir>/result.json` (durably), after everything in `out/`.
// SIGTERM asks it to stop at the next safe point, and --cancelled from its first moment on. kHandedBack says
// that nothing is left to do if the job was cancelled.

enum class WorkerExit : int {
  kDone = 0,
  kUsage = 2,        // bad flags: a fault of this program
  kFailed = 10,      // an error line says why
  kHandedBack = 11,  // stopped because it was asked to; a next attempt continues
  kOrphaned = 12,    // its server was gone before it began
  kSuperseded = 13,  // a newer attempt has been in the job's folder
  kLocked = 14,      // the worker of an earlier attempt did not leave the folder
};

struct WorkerLine {
  enum class Type { kHeartbeat, kProgress, kSink, kCollection, kPublish, kError };
  Type type = Type::kHeartbeat;
  JobProgress progress;         // kProgress
  SinkReport sink;              // kSink
  CollectionReport collection;  // kCollection
  absl::Status error;           // kError
};

// Without the newline.
std::string HeartbeatLine();
std::string ProgressLine(const JobProgress& progress);
std::string SinkLine(const SinkReport& report);
std::string CollectionLine(const CollectionReport& report);
std::string PublishLine();
std::string ErrorLine(const absl::Status& error);

// The answer to PublishLine, and what it says.
std::string PublishAnswer(const absl::Status& status);
absl::Status ParsePublishAnswer(std::string_view text);

// INVALID_ARGUMENT if the line is none of these.
absl::StatusOr<WorkerLine> ParseWorkerLine(std::string_view line);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_WORKER_PROTOCOL_H_
