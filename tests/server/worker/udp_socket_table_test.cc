#include "server/worker/udp_socket_table.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

constexpr char kTable[] =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref "
    "pointer drops            \n"
    "15067: 0100007F:7503 00000000:0000 07 00000000:00001A00 00:00000000 00000000     0        0 1987731 2 "
    "00000000be62d0ff 12       \n"
    "15068: 00000000:0807 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1987732 2 "
    "00000000be62d0fe 0        \n"
    "15069: 0100007F:7504 0100007F:7503 01 00000000:00000000 00:00000000 00000000     0        0 1987733 2 "
    "00000000be62d0fd 5        \n";

TEST(UdpSocketTable, FindsWhatWaitsAndWhatWasDropped) {
  const auto socket = FindUdpSocket(kTable, 0x7F000001, 0x7503);
  ASSERT_TRUE(socket.has_value());
  EXPECT_EQ(socket->waiting_bytes, 0x1A00u);
  EXPECT_EQ(socket->dropped_datagrams, 12u);
  EXPECT_TRUE(FindUdpSocket(kTable, 0, 0x0807).has_value());
}

TEST(UdpSocketTable, TakesNoOtherSocketForIt) {
  EXPECT_FALSE(FindUdpSocket(kTable, 0x7F000002, 0x7503).has_value()) << "another address";
  EXPECT_FALSE(FindUdpSocket(kTable, 0x7F000001, 0x7505).has_value()) << "another port";
  EXPECT_FALSE(FindUdpSocket(kTable, 0x7F000001, 0x7504).has_value()) << "connected";
  EXPECT_FALSE(FindUdpSocket("", 0x7F000001, 0x7503).has_value());
}

TEST(UdpSocketTable, FindsARealSocket) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(name);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&name), size), 0);
  ASSERT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size), 0);
  const auto socket = FindUdpSocket(INADDR_LOOPBACK, ntohs(name.sin_port));
  ASSERT_TRUE(socket.has_value());
  EXPECT_EQ(socket->waiting_bytes, 0u);
  ::close(fd);
}

}  // namespace
}  // namespace stanflow
