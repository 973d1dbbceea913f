#include "core/flow/address.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

TEST(Ipv4, EveryFormattedAddressParsesBack) {
  for (uint64_t address = 0; address <= 0xFFFFFFFF; address += 0x10F0F1) {
    ASSERT_EQ(ParseIpv4(FormatIpv4(static_cast<uint32_t>(address))), static_cast<uint32_t>(address));
  }
  EXPECT_EQ(ParseIpv4("255.255.255.255"), 0xFFFFFFFF);
  EXPECT_EQ(ParseIpv4("0.0.0.0"), 0u);
}

TEST(Ipv4, TheFirstOctetIsTheHighest) { EXPECT_EQ(FormatIpv4(0x0A010203), "10.1.2.3"); }

TEST(Ipv4, NothingButFourDecimalOctetsParses) {
  for (const char* text :
       {"", "1", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", " 1.2.3.4",
        "01.2.3.4", "1.2.3.04", "1.2.3.0x4", "-1.2.3.4", "1.2.3.1000", "::1", "1.2.3.4\n"}) {
    EXPECT_EQ(ParseIpv4(text), std::nullopt) << text;
  }
}

TEST(Cidr, ParsesAndPrintsTheSameText) {
  for (const char* text : {"10.0.0.0/16", "0.0.0.0/0", "192.0.2.7/32", "128.0.0.0/1"}) {
    const auto cidr = Cidr::Parse(text);
    ASSERT_TRUE(cidr.ok()) << cidr.status();
    EXPECT_EQ(cidr->ToString(), text);
  }
}

TEST(Cidr, ContainsItsAddressesAndNoOthers) {
  const Cidr cidr = Cidr::Parse("10.1.0.0/16").value();
  EXPECT_EQ(cidr.size(), 65536u);
  EXPECT_TRUE(cidr.Contains(*ParseIpv4("10.1.0.0")));
  EXPECT_TRUE(cidr.Contains(*ParseIpv4("10.1.255.255")));
  EXPECT_FALSE(cidr.Contains(*ParseIpv4("10.0.255.255")));
  EXPECT_FALSE(cidr.Contains(*ParseIpv4("10.2.0.0")));
  EXPECT_TRUE(Cidr::Parse("0.0.0.0/0")->Contains(0xFFFFFFFF));
  EXPECT_EQ(Cidr::Parse("0.0.0.0/0")->size(), uint64_t{1} << 32);
}

TEST(Cidr, ErrorsSayWhatIsWrongAndWhatWasMeant) {
  const auto message = [](const char* text) { return std::string(Cidr::Parse(text).status().message()); };
  EXPECT_THAT(message("10.0.0.0"), HasSubstr("prefix length is missing"));
  EXPECT_THAT(message("10.0.0/8"), HasSubstr("not an IPv4 address"));
  EXPECT_THAT(message("10.0.0.0/33"), HasSubstr("0 to 32"));
  EXPECT_THAT(message("10.0.0.0/-1"), HasSubstr("0 to 32"));
  EXPECT_THAT(message("10.0.0.0/"), HasSubstr("0 to 32"));
  EXPECT_THAT(message("10.1.2.3/16"), HasSubstr("did you mean 10.1.0.0/16"));
}

TEST(Cidr, AHomeOfSeveralNetworksHoldsWhatAnyHolds) {
  const std::vector<Cidr> home = {Cidr::Parse("10.0.0.0/8").value(), Cidr::Parse("192.0.2.0/24").value()};
  EXPECT_TRUE(InHome(home, *ParseIpv4("10.9.9.9")));
  EXPECT_TRUE(InHome(home, *ParseIpv4("192.0.2.1")));
  EXPECT_FALSE(InHome(home, *ParseIpv4("192.0.3.1")));
  EXPECT_FALSE(InHome({}, 0));
}

}  // namespace
}  // namespace stanflow
