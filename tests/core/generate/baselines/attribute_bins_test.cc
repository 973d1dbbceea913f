#include "core/generate/baselines/attribute_bins.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

AttributeBins Cut(Attribute attribute) { return AttributeBins::Cut(attribute, 1'000'000, 4); }

TEST(AttributeBins, HoldEveryValueInExactlyOneRun) {
  for (int a = 0; a < kNumAttributes; ++a) {
    if (static_cast<Attribute>(a) == Attribute::kRemoteAddress) continue;
    const AttributeBins bins = Cut(static_cast<Attribute>(a));
    EXPECT_EQ(bins.First(0), 0);
    EXPECT_EQ(bins.Last(bins.count() - 1), kMax);
    for (int bin = 0; bin < bins.count(); ++bin) {
      ASSERT_LE(bins.First(bin), bins.Last(bin));
      EXPECT_EQ(bins.Of(bins.First(bin)), bin);
      EXPECT_EQ(bins.Of(bins.Last(bin)), bin);
      if (bin > 0) EXPECT_EQ(bins.First(bin), bins.Last(bin - 1) + 1);
    }
  }
}

TEST(AttributeBins, CutCountsAtEqualStepsOfTheLogarithm) {
  const AttributeBins bins = Cut(Attribute::kBytes);
  EXPECT_LE(bins.count(), 304);
  const int late = bins.Of(100'000), later = bins.Of(200'000);
  EXPECT_NEAR(later - late, std::log(2) / (std::log(1e6) / 304), 1);
  EXPECT_NE(bins.Of(1), bins.Of(2));
}

TEST(AttributeBins, CutDurationsAtTheColumnsSteps) {
  const AttributeBins bins = Cut(Attribute::kDuration);
  EXPECT_EQ(bins.count(), 304);
  for (int bin = 0; bin < bins.count(); ++bin) EXPECT_EQ(bins.First(bin) % 4, 0);
}

TEST(AttributeBins, ComeBackFromTheirFirstsAndOnlyFromSuch) {
  const AttributeBins bins = Cut(Attribute::kPackets);
  EXPECT_EQ(AttributeBins::FromFirsts(bins.Firsts()).value().Firsts(), bins.Firsts());
  for (const std::vector<int64_t>& bad : {std::vector<int64_t>{}, {1, 2}, {0, 5, 5}, {0, 7, 3}, {-1, 0}}) {
    EXPECT_TRUE(absl::IsDataLoss(AttributeBins::FromFirsts(bad).status()));
  }
}

TEST(AttributeBins, SuitTheAttributeThatTheyWereCutForAndNoneThatHasFewerValues) {
  for (int a = 0; a < kNumAttributes; ++a) {
    const auto attribute = static_cast<Attribute>(a);
    if (attribute == Attribute::kRemoteAddress) continue;
    EXPECT_TRUE(Cut(attribute).CheckSuits(attribute, 4).ok()) << AttributeName(attribute);
  }
  const auto suits = [](std::vector<int64_t> firsts, Attribute attribute) {
    return AttributeBins::FromFirsts(firsts).value().CheckSuits(attribute, 4).ok();
  };
  EXPECT_TRUE(suits({0, int64_t{1} << 40}, Attribute::kBytes));
  EXPECT_TRUE(suits({0, 65535}, Attribute::kLocalPort));
  EXPECT_FALSE(suits({0, 65536}, Attribute::kLocalPort));
  EXPECT_FALSE(suits({0, int64_t{1} << 32}, Attribute::kTimeDelta));
  EXPECT_FALSE(suits({0, 6}, Attribute::kDuration));
  EXPECT_FALSE(suits({0}, Attribute::kDirection));
  EXPECT_FALSE(suits({0, 1, 2}, Attribute::kDirection));
  EXPECT_FALSE(suits({0, 1}, Attribute::kTos));
}

}  // namespace
}  // namespace stanflow
