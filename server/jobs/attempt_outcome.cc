#include "server/jobs/attempt_outcome.h"

#include <signal.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "server/jobs/job_json.h"
#include "server/jobs/worker_protocol.h"

namespace stanflow {
namespace {

// Bytes that are none become U+FFFD, as where JSON is written.
std::string ValidUtf8(const std::string& text) {
  return nlohmann::json::parse(DumpLine(nlohmann::json(text))).get<std::string>();
}

std::string WithTail(std::string text, const std::string& tail) {
  if (!tail.empty()) absl::StrAppend(&text, "; the last it wrote:\n", tail);
  return text;
}

absl::Status Crash(const AttemptEnd& end) {
  std::string text =
      absl::StrCat("the worker died of signal ", end.end.signal, " (", strsignal(end.end.signal), ")");
  if (end.end.signal == SIGKILL) absl::StrAppend(&text, ", perhaps for want of memory");
  return absl::InternalError(WithTail(std::move(text), end.log_tail));
}

absl::Status HandedBack(const AttemptEnd& end) {
  return absl::CancelledError(end.stop_asked ? "handed back" : "somebody else than the server stopped it");
}

absl::Status Failed(const AttemptEnd& end) {
  if (end.reported.ok()) {
    return absl::InternalError(WithTail("the worker failed without a word", end.log_tail));
  }
  // A handler's CANCELLED without a request to stop must not look like a hand-back.
  if (absl::IsCancelled(end.reported)) return absl::InternalError(end.reported.message());
  return end.reported;
}

}  // namespace

absl::Status AttemptOutcome(const AttemptEnd& end) {
  if (end.lease_expired) {
    return absl::DeadlineExceededError(WithTail("the worker went silent and was killed", end.log_tail));
  }
  if (!end.killed_for.ok()) return end.killed_for;
  if (end.end.signal != 0) {
    // Before the worker could take the signal.
    if (end.end.signal == SIGTERM) return HandedBack(end);
    return end.drained ? absl::CancelledError("killed at the end of the drain") : Crash(end);
  }
  switch (static_cast<WorkerExit>(end.end.exit_code)) {
    case WorkerExit::kDone:
      return absl::OkStatus();
    case WorkerExit::kHandedBack:
      return HandedBack(end);
    case WorkerExit::kFailed:
      return Failed(end);
    case WorkerExit::kLocked:
      return absl::UnavailableError("the worker of an earlier attempt did not leave the job's folder");
    case WorkerExit::kSuperseded:
      return absl::AbortedError("a newer attempt has been in the job's folder");
    case WorkerExit::kUsage:
    case WorkerExit::kOrphaned:
      break;
  }
  return absl::InternalError(
      WithTail(absl::StrCat("the worker ended with exit code ", end.end.exit_code), end.log_tail));
}

std::string ReadTail(const std::string& path, uint64_t offset, size_t max_bytes) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return "";
  const uint64_t size = static_cast<uint64_t>(file.tellg());
  if (size <= offset) return "";
  const uint64_t length = std::min<uint64_t>(size - offset, max_bytes);
  std::string tail(length, '\0');
  file.seekg(static_cast<std::streamoff>(size - length));
  file.read(tail.data(), static_cast<std::streamsize>(length));
  tail.resize(static_cast<size_t>(file.gcount()));
  const size_t newline = tail.find('\n');
  if (length < size - offset && newline != std::string::npos) tail.erase(0, newline + 1);
  while (!tail.empty() && tail.back() == '\n') tail.pop_back();
  return ValidUtf8(tail);
}

}  // namespace stanflow
