#include "server/app/build_id.h"

#include "core/base/digest.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {

absl::StatusOr<std::string> BuildId(const std::string& libtorch) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string digest, Sha256HexOfFile("/proc/self/exe"));
  return StrCat("stanflow ", STANFLOW_VERSION, " (", digest.substr(0, 12), ") libtorch ", libtorch);
}

}  // namespace stanflow
