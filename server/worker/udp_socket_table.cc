#include "server/worker/udp_socket_table.h"

#include <arpa/inet.h>

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace stanflow {

// "  sl local:port remote:port st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode ref pointer
// drops"; addresses are the network's octets as this machine's number, hexadecimal.
std::optional<UdpSocket> FindUdpSocket(std::string_view table, uint32_t address, uint16_t port) {
  while (!table.empty()) {
    const size_t end = table.find('\n');
    const std::string line(table.substr(0, end));
    table.remove_prefix(end == std::string_view::npos ? table.size() : end + 1);
    uint32_t bound = 0, remote = 0;
    unsigned bound_port = 0;
    UdpSocket found;
    const int fields =
        std::sscanf(line.c_str(),
                    " %*u: %8" SCNx32 ":%4x %8" SCNx32 ":%*4x %*x %*x:%" SCNx64
                    " %*x:%*x %*x %*u %*u %*u %*d %*x %" SCNu64,
                    &bound, &bound_port, &remote, &found.waiting_bytes, &found.dropped_datagrams);
    if (fields == 5 && ntohl(bound) == address && bound_port == port && remote == 0) return found;
  }
  return std::nullopt;
}

std::optional<UdpSocket> FindUdpSocket(uint32_t address, uint16_t port) {
  std::ifstream table("/proc/net/udp");
  const std::string text(std::istreambuf_iterator<char>(table), {});
  return FindUdpSocket(text, address, port);
}

}  // namespace stanflow
