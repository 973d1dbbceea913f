#include "core/export/datagram_sender.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "core/base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/export/sink_testing.h"

namespace stanflow {
namespace {

using std::chrono::milliseconds;

// A UDP socket on the loopback, on a port of its own.
class Receiver {
 public:
  Receiver() {
    const timeval long_enough = {10, 0};  // only so that a lost datagram fails the test instead of hanging it
    ::setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVTIMEO, &long_enough, sizeof(long_enough));
  }
  void Close() { socket_ = TestSocket(); }
  uint16_t port() const { return port_; }
  std::string Receive() {
    std::string datagram(65536, '\0');
    const ssize_t octets = ::recv(socket_.fd(), datagram.data(), datagram.size(), 0);
    EXPECT_GE(octets, 0);
    datagram.resize(octets < 0 ? 0 : static_cast<size_t>(octets));
    return datagram;
  }

 private:
  TestSocket socket_ = Bound(SOCK_DGRAM);
  const uint16_t port_ = PortOf(socket_);
};

// `count` datagrams of ten flows each: "0", "1", ... with padding to `octets`.
DatagramBatch Numbered(size_t count, size_t octets = 1) {
  DatagramBatch batch;
  for (size_t i = 0; i < count; ++i) {
    std::string datagram = StrCat(i);
    datagram.resize(std::max(octets, datagram.size()), '.');
    batch.bytes()->append(datagram);
    batch.EndDatagram(10);
  }
  return batch;
}

TEST(DatagramSender, SendsInOrderAndCounts) {
  Receiver receiver;
  auto sender = DatagramSender::Connect({"127.0.0.1", receiver.port()});
  ASSERT_TRUE(sender.ok()) << sender.status();
  // More than go in one system call, few enough for the receiver's buffer.
  const DatagramBatch batch = Numbered(100);
  size_t next = 0;
  ASSERT_TRUE(sender->Send(batch, &next).ok());
  EXPECT_EQ(next, 100u);
  for (size_t i = 0; i < batch.size(); ++i) EXPECT_EQ(receiver.Receive(), batch[i]);
  EXPECT_EQ(sender->counts().sent_datagrams, 100u);
  EXPECT_EQ(sender->counts().sent_flows, 1000u);
  EXPECT_EQ(sender->counts().sent_bytes, 190u);
}

TEST(DatagramSender, GoesOnWhereItWas) {
  Receiver receiver;
  auto sender = DatagramSender::Connect({"127.0.0.1", receiver.port()});
  ASSERT_TRUE(sender.ok());
  const DatagramBatch batch = Numbered(5);
  size_t next = 3;
  ASSERT_TRUE(sender->Send(batch, &next).ok());
  EXPECT_EQ(receiver.Receive(), "3");
  EXPECT_EQ(receiver.Receive(), "4");
  EXPECT_EQ(sender->counts().sent_datagrams, 2u);
}

TEST(DatagramSender, CountsThatNobodyListens) {
  Receiver receiver;
  auto sender = DatagramSender::Connect({"127.0.0.1", receiver.port()});
  ASSERT_TRUE(sender.ok());
  receiver.Close();
  const DatagramBatch batch = Numbered(20);
  size_t next = 0;
  // What the network answers to one is no error of the others.
  ASSERT_TRUE(sender->Send(batch, &next).ok());
  EXPECT_EQ(next, 20u);
  EXPECT_EQ(sender->counts().sent_datagrams, 20u);
  EXPECT_GT(sender->counts().unreachable, 0u);
}

TEST(DatagramSender, WhatHasNoRoomStaysTheCallersAndIsSentOrDropped) {
  // Unlike UDP, a pair of local sockets fills up when nobody reads.
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
  DatagramSender sender(ends[0], "the test");
  const DatagramBatch batch = Numbered(5000, 1400);
  size_t next = 0;
  ASSERT_TRUE(sender.Send(batch, &next).ok());
  ASSERT_GT(next, 0u);
  ASSERT_LT(next, batch.size());
  EXPECT_EQ(sender.counts().full, 1u);
  EXPECT_EQ(sender.counts().sent_datagrams, next);
  EXPECT_FALSE(sender.WaitForRoom(milliseconds(1)));

  std::string taken(2000, '\0');
  size_t read = 0;
  const auto read_one = [&] {
    const ssize_t octets = ::recv(ends[1], taken.data(), taken.size(), 0);
    ASSERT_EQ(octets, 1400);
    ASSERT_EQ(taken.substr(0, 1400), batch[read]);
    ++read;
  };
  const size_t before = next;
  while (read < before) read_one();
  EXPECT_TRUE(sender.WaitForRoom(milliseconds(1000)));
  ASSERT_TRUE(sender.Send(batch, &next).ok());
  ASSERT_GT(next, before);
  while (read < next) read_one();

  ASSERT_LT(next, batch.size());
  sender.Drop(batch, next);
  EXPECT_EQ(sender.counts().dropped_datagrams, batch.size() - next);
  EXPECT_EQ(sender.counts().dropped_flows, 10 * (batch.size() - next));
  EXPECT_EQ(sender.counts().sent_datagrams + sender.counts().dropped_datagrams, batch.size());
  ::close(ends[1]);
}

TEST(DatagramSender, ADatagramThatIsTooLargeIsAnErrorThatSaysSo) {
  Receiver receiver;
  auto sender = DatagramSender::Connect({"127.0.0.1", receiver.port()});
  ASSERT_TRUE(sender.ok());
  DatagramBatch batch = Numbered(1);
  batch.bytes()->append(std::string(70000, 'x'));
  batch.EndDatagram(1);
  size_t next = 0;
  const absl::Status status = sender->Send(batch, &next);
  EXPECT_EQ(next, 1u);
  EXPECT_EQ(status, absl::InvalidArgumentError(StrCat(
                        "a datagram of 70000 octets is too large for the way to 127.0.0.1:", receiver.port(),
                        "; look at the MTU of that way")));
  EXPECT_EQ(receiver.Receive(), "0");
}

TEST(DatagramSender, AHostThatIsNoneIsNamed) {
  // Longer than a label of a name may be, so that no question leaves the machine.
  const std::string host(100, 'a');
  const auto sender = DatagramSender::Connect({host, 2055});
  EXPECT_EQ(sender.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(sender.status().message()),
              ::testing::HasSubstr(StrCat("host '", host, "' can't be resolved: ")));
}

}  // namespace
}  // namespace stanflow
