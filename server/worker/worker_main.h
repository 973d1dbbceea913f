#ifndef STANFLOW_SERVER_WORKER_WORKER_MAIN_H_
#define STANFLOW_SERVER_WORKER_WORKER_MAIN_H_

#include "absl/types/span.h"
#include "server/worker/job_handler.h"

namespace stanflow {

struct JobKindEntry {
  JobKind kind;
  JobHandler handler;
};

// A worker process from its first to its last instruction: does one attempt of one job with the handler of
// its kind and answers the exit code (jobs/worker_protocol.h, which says how it talks to its server).
//
// It dies with the thread of the server that started it, and runs at nice 10, unless it serves (streams,
// collections): training and serving may each use all cores, and serving goes first. It holds the lock of the
// job's folder for its life and refuses a folder in which a newer attempt has been, so that no two workers
// ever write one job. What libraries print on standard output goes to the log with standard error.
int WorkerMain(int argc, char** argv, absl::Span<const JobKindEntry> kinds);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_WORKER_MAIN_H_
