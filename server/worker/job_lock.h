#ifndef STANFLOW_SERVER_WORKER_JOB_LOCK_H_
#define STANFLOW_SERVER_WORKER_JOB_LOCK_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "core/base/file.h"

namespace stanflow {

// Takes a job's folder for one attempt: locks `<job_dir>/LOCK`, waiting up to `patience` for a predecessor
// that is dying, then writes the attempt's number to `<job_dir>/attempt`. UNAVAILABLE if the lock did not
// come free, CANCELLED if `stop` became true first, ABORTED if a newer attempt has been in the folder.
absl::StatusOr<FileLock> LockJobFolder(const std::string& job_dir, uint32_t attempt,
                                       std::chrono::milliseconds patience, const std::function<bool()>& stop);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_JOB_LOCK_H_
