#ifndef STANFLOW_CORE_FLOW_SOCKET_ADDRESS_H_
#define STANFLOW_CORE_FLOW_SOCKET_ADDRESS_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace stanflow {

struct SocketAddress {
  uint32_t address = 0;  // first octet highest; 0: every address of a machine
  uint16_t port = 0;     // never 0
};

// "127.0.0.1:2055"; a host's name is none. INVALID_ARGUMENT says what is wrong.
absl::StatusOr<SocketAddress> ParseSocketAddress(std::string_view text);

}  // namespace stanflow

#endif  // STANFLOW_CORE_FLOW_SOCKET_ADDRESS_H_
