#ifndef STANFLOW_SERVER_APP_BUILD_ID_H_
#define STANFLOW_SERVER_APP_BUILD_ID_H_

#include <string>

#include "absl/status/statusor.h"

namespace stanflow {

// "stanflow 0.1.0 (1f0c7b1ad2e4) libtorch 1.13.1": the version, the start of the SHA-256 of the running
// program, and LibTorch's version. Streams go on only on the build that began them: a version's number stays
// the same while its sums may change.
absl::StatusOr<std::string> BuildId(const std::string& libtorch);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_APP_BUILD_ID_H_
