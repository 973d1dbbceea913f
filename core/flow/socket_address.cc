#include "core/flow/socket_address.h"

#include "absl/strings/numbers.h"
#include "core/base/strings.h"
#include "core/flow/address.h"

namespace stanflow {

absl::StatusOr<SocketAddress> ParseSocketAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  const auto address = ParseIpv4(text.substr(0, colon));
  uint32_t port = 0;
  if (colon == std::string_view::npos || !address) {
    return absl::InvalidArgumentError(
        StrCat("'", text, "' is no IPv4 address and port; it looks like 127.0.0.1:2055"));
  }
  if (!absl::SimpleAtoi(ToAbsl(text.substr(colon + 1)), &port) || port == 0 || port > 65535) {
    return absl::InvalidArgumentError(
        StrCat("'", text.substr(colon + 1), "' is no port; give 1 to 65535, such as 2055"));
  }
  return SocketAddress{*address, static_cast<uint16_t>(port)};
}

}  // namespace stanflow
