#ifndef STANFLOW_SERVER_WORKER_UDP_SOCKET_TABLE_H_
#define STANFLOW_SERVER_WORKER_UDP_SOCKET_TABLE_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace stanflow {

struct UdpSocket {
  uint64_t waiting_bytes = 0;      // in its buffer; what the kernel spends on them, more than their payload
  uint64_t dropped_datagrams = 0;  // because its buffer was full, since it was made
};

// The socket that is bound to `address` (first octet highest) and `port`, in the text of /proc/net/udp.
std::optional<UdpSocket> FindUdpSocket(std::string_view table, uint32_t address, uint16_t port);
// The same in this process's network, now. Nothing where /proc can't be read.
std::optional<UdpSocket> FindUdpSocket(uint32_t address, uint16_t port);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_UDP_SOCKET_TABLE_H_
