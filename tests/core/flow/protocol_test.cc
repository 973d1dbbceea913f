#include "core/flow/protocol.h"

#include <string>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(Protocol, EveryNumbersTextParsesBackToIt) {
  for (int number = 0; number < 256; ++number) {
    const auto protocol = static_cast<uint8_t>(number);
    EXPECT_EQ(ParseProtocol(ProtocolText(protocol)), protocol) << ProtocolText(protocol);
    EXPECT_EQ(ParseProtocol(std::to_string(number)), protocol);
  }
}

TEST(Protocol, KnowsNfdumpsNames) {
  EXPECT_EQ(ParseProtocol("ICMP"), 1);
  EXPECT_EQ(ParseProtocol("IPIP"), 4);
  EXPECT_EQ(ParseProtocol("TCP"), 6);
  EXPECT_EQ(ParseProtocol("UDP"), 17);
  EXPECT_EQ(ParseProtocol("IPv6"), 41);
  EXPECT_EQ(ParseProtocol("GRE"), 47);
  EXPECT_EQ(ParseProtocol("ESP"), 50);
  EXPECT_EQ(ParseProtocol("OSPF"), 89);
  EXPECT_EQ(ParseProtocol("SCTP"), 132);
  EXPECT_EQ(ParseProtocol("tcp"), 6);
}

TEST(Protocol, RefusesEverythingElse) {
  for (const char* text : {"", "TCPX", "256", "-1", "6.0", " 6", "0006"}) {
    EXPECT_EQ(ParseProtocol(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace stanflow
