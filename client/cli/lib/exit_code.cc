#include "client/cli/lib/exit_code.h"

namespace stanflow {
namespace {

constexpr ExitCodeMeaning kMeanings[] = {
    {ExitCode::kOk, "done; also when the reader of the output has closed its pipe"},
    {ExitCode::kFailed, "an error that none of the others names"},
    {ExitCode::kUsage, "a flag or value that is wrong, found here or by the server"},
    {ExitCode::kNotFound, "no such dataset, model, version, job or file"},
    {ExitCode::kJobFailed, "the job that was waited for has FAILED"},
    {ExitCode::kUnavailable, "the server can't be reached, is draining, or did not answer in time"},
    {ExitCode::kCancelled, "the job that was waited for was CANCELLED"},
    {ExitCode::kConflict, "not in this state: the name is taken, or something is still in use"},
    {ExitCode::kExhausted, "a limit is reached: queue, quota or disk"},
    {ExitCode::kInterrupted, "ended by Ctrl-C or SIGTERM before its end; what was written so far is kept"},
};

}  // namespace

absl::Span<const ExitCodeMeaning> AllExitCodes() { return kMeanings; }

ExitCode ToExitCode(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return ExitCode::kUsage;
    case absl::StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return ExitCode::kUnavailable;
    case absl::StatusCode::kCancelled:
      return ExitCode::kCancelled;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return ExitCode::kConflict;
    case absl::StatusCode::kResourceExhausted:
      return ExitCode::kExhausted;
    default:
      return ExitCode::kFailed;
  }
}

}  // namespace stanflow
