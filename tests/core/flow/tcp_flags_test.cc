#include "core/flow/tcp_flags.h"

#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(TcpFlags, EveryValuesTextParsesBackToIt) {
  for (int flags = 0; flags < 256; ++flags) {
    const auto value = static_cast<uint8_t>(flags);
    EXPECT_EQ(ParseTcpFlags(FormatTcpFlags(value)), value) << FormatTcpFlags(value);
  }
}

TEST(TcpFlags, AreWrittenAsNfdumpWritesThem) {
  EXPECT_EQ(FormatTcpFlags(0), "......");
  EXPECT_EQ(FormatTcpFlags(kAck | kPsh | kSyn | kFin), ".AP.SF");
  EXPECT_EQ(FormatTcpFlags(63), "UAPRSF");
  EXPECT_EQ(FormatTcpFlags(0x52), "0x52");
}

TEST(TcpFlags, ReadsTheEightPlacesOfNewerNfdump) {
  EXPECT_EQ(ParseTcpFlags("...AP.SF"), kAck | kPsh | kSyn | kFin);
  EXPECT_EQ(ParseTcpFlags("CEUAPRSF"), 255);
}

TEST(TcpFlags, RefusesFlagsOutOfPlace) {
  for (const char* text : {"", ".", "AP.SF", ".PA.SF", ".ap.sf", "UAPRSFX", "0x", "0x1ff", "0xg", "S....."}) {
    EXPECT_EQ(ParseTcpFlags(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace stanflow
