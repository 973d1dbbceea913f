#ifndef STANFLOW_TESTS_CORE_EXPORT_SINK_TESTING_H_
#define STANFLOW_TESTS_CORE_EXPORT_SINK_TESTING_H_

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/export/flow_sink.h"
#include "core/flow/flow.h"
#include "core/flow/protocol.h"
#include "gtest/gtest.h"

namespace stanflow {

// A socket that is closed with the object.
class TestSocket {
 public:
  TestSocket() = default;
  explicit TestSocket(int fd) : fd_(fd) {}
  TestSocket(TestSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  TestSocket& operator=(TestSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~TestSocket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

// Of the loopback, on a port of its own. `kind`: SOCK_DGRAM or SOCK_STREAM.
inline TestSocket Bound(int kind, uint16_t port = 0) {
  TestSocket socket(::socket(AF_INET, kind | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  EXPECT_EQ(::bind(socket.fd(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  return socket;
}

inline uint16_t PortOf(const TestSocket& socket) {
  sockaddr_in address = {};
  socklen_t length = sizeof(address);
  EXPECT_EQ(::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &length), 0);
  return ntohs(address.sin_port);
}

// What has come, a datagram each; waits for none.
inline std::vector<std::string> TakeDatagrams(const TestSocket& socket) {
  std::vector<std::string> taken;
  std::string datagram(65536, '\0');
  while (true) {
    const ssize_t octets = ::recv(socket.fd(), datagram.data(), datagram.size(), MSG_DONTWAIT);
    if (octets < 0) return taken;
    taken.push_back(datagram.substr(0, static_cast<size_t>(octets)));
  }
}

// Flows that can be told apart by their bytes: from, from + 1, ..., a minute apart. Home hosts are in
// 10.0.0.0/16.
inline FlowTable NumberedFlows(uint64_t from, uint64_t to) {
  FlowTable flows;
  for (uint64_t i = from; i < to; ++i) {
    Flow flow;
    flow.end_ms = 1704706200000 + static_cast<int64_t>(i) * 60'000;
    flow.duration_ms = 1000;
    flow.source_address = 0x0A000000 + static_cast<uint32_t>(i % 7);
    flow.destination_address = 0xC6336407;
    flow.source_port = 40000;
    flow.destination_port = 443;
    flow.protocol = kTcp;
    flow.packets = 1;
    flow.bytes = i;
    flows.Append(flow);
  }
  return flows;
}

inline std::vector<uint64_t> Numbers(uint64_t from, uint64_t to) {
  std::vector<uint64_t> numbers;
  for (uint64_t i = from; i < to; ++i) numbers.push_back(i);
  return numbers;
}

// The stream after so many flows.
inline StreamMark MarkAt(uint64_t rows) { return {rows, "token", rows / 2}; }

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_EXPORT_SINK_TESTING_H_
