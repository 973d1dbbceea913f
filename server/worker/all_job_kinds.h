#ifndef STANFLOW_SERVER_WORKER_ALL_JOB_KINDS_H_
#define STANFLOW_SERVER_WORKER_ALL_JOB_KINDS_H_

#include "absl/types/span.h"
#include "server/worker/worker_main.h"

namespace stanflow {

// The kinds of job that this build can do: without LibTorch all but a reproduction.
absl::Span<const JobKindEntry> AllJobKinds();

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_ALL_JOB_KINDS_H_
