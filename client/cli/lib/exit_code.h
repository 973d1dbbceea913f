#ifndef STANFLOW_CLIENT_CLI_LIB_EXIT_CODE_H_
#define STANFLOW_CLIENT_CLI_LIB_EXIT_CODE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace stanflow {

// What the program answers its caller. Numbers are a promise to scripts: they never change meaning.
enum class ExitCode {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,
  kNotFound = 3,
  kJobFailed = 4,
  kUnavailable = 5,
  kCancelled = 6,
  kConflict = 7,
  kExhausted = 8,
  kInterrupted = 130,
};

struct ExitCodeMeaning {
  ExitCode code;
  const char* meaning;
};
// Ascending; every code once.
absl::Span<const ExitCodeMeaning> AllExitCodes();

// Of a command that ended with this error (or with none).
ExitCode ToExitCode(const absl::Status& status);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_EXIT_CODE_H_
