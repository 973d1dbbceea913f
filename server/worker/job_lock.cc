#include "server/worker/job_lock.h"

#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

constexpr std::chrono::milliseconds kPoll{20};

absl::StatusOr<FileLock> WaitForLock(const std::string& path, std::chrono::milliseconds patience,
                                     const std::function<bool()>& stop) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    auto lock = FileLock::TryAcquire(path);
    if (!absl::IsFailedPrecondition(lock.status())) return lock;
    if (stop()) return absl::CancelledError("asked to stop");
    if (std::chrono::steady_clock::now() >= deadline) return absl::UnavailableError(lock.status().message());
    std::this_thread::sleep_for(kPoll);  // flock has no deadline of its own
  }
}

absl::Status ClaimAttempt(const std::string& path, uint32_t attempt) {
  const auto text = ReadFile(path);
  if (!text.ok() && !absl::IsNotFound(text.status())) return text.status();
  uint32_t newest = 0;
  if (text.ok() && !absl::SimpleAtoi(*text, &newest)) {
    return absl::DataLossError(absl::StrCat(path, " holds no attempt number"));
  }
  if (newest > attempt) {
    return absl::AbortedError(absl::StrCat("attempt ", newest, " has been here; this is attempt ", attempt));
  }
  return WriteFileDurably(path, absl::StrCat(attempt, "\n"));
}

}  // namespace

absl::StatusOr<FileLock> LockJobFolder(const std::string& job_dir, uint32_t attempt,
                                       std::chrono::milliseconds patience,
                                       const std::function<bool()>& stop) {
  STANFLOW_ASSIGN_OR_RETURN(FileLock lock, WaitForLock(job_dir + "/LOCK", patience, stop));
  STANFLOW_RETURN_IF_ERROR(ClaimAttempt(job_dir + "/attempt", attempt));
  return lock;
}

}  // namespace stanflow
