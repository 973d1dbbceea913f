#include "core/flow/socket_address.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

TEST(SocketAddress, IsAnAddressAndAPort) {
  const auto parsed = ParseSocketAddress("192.0.2.1:2055");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->address, 0xC0000201u);
  EXPECT_EQ(parsed->port, 2055);
  EXPECT_EQ(ParseSocketAddress("0.0.0.0:65535")->address, 0u);
}

TEST(SocketAddress, SaysWhatIsWrong) {
  for (const char* text :
       {"", ":", "2055", "192.0.2.1", "localhost:2055", "192.0.2:2055", ":2055", "[::1]:2055"}) {
    EXPECT_THAT(std::string(ParseSocketAddress(text).status().message()), HasSubstr("looks like")) << text;
  }
  for (const char* text : {"192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2.1:x"}) {
    EXPECT_THAT(std::string(ParseSocketAddress(text).status().message()), HasSubstr("is no port")) << text;
  }
}

}  // namespace
}  // namespace stanflow
