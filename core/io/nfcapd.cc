#include "core/io/nfcapd.h"

#include <utility>

#include "core/base/status_macros.h"
#include "core/io/local_copy.h"
#include "core/io/nfdump_output.h"

namespace stanflow {
namespace {

// nfdump's magic number 0xA50C as little-endian machines write it.
constexpr std::string_view kMagic("\x0c\xa5", 2);

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenNfcapd(ReaderInput input) {
  STANFLOW_ASSIGN_OR_RETURN(LocalCopy copy, LocalCopy::Of(input));
  const auto file = std::make_shared<LocalCopy>(std::move(copy));
  return OpenNfdumpOutput({kNfcapdFormat, {"-r", file->path()}, file, ""}, input.options);
}

absl::Status ProbeNfcapd(std::string_view start) {
  if (start.substr(0, kMagic.size()) == kMagic) return absl::OkStatus();
  return absl::InvalidArgumentError("does not begin with nfcapd's mark, the bytes 0c a5");
}

}  // namespace stanflow
