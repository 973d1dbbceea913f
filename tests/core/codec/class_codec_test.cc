#include "core/codec/class_codec.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

ClassCodec Make(ClassCodec::Options options) { return ClassCodec::Create(std::move(options)).value(); }

double Mass(const ClassCodec& codec, const std::vector<double>& p, uint64_t value, uint64_t given) {
  const Code code = codec.Encode(value, given);
  double mass = p[code.cls] * std::exp(code.log_share);
  if (code.alt >= 0) mass += p[code.alt] * std::exp(code.alt_log_share);
  return mass;
}

// Any distribution over the classes will do: the masses must add up whatever a head says.
std::vector<double> Uneven(int n) {
  std::vector<double> p(n);
  for (int i = 0; i < n; ++i) p[i] = 1 + (i * 7) % 5;
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& x : p) x /= sum;
  return p;
}

TEST(ClassCodec, MassesOfAllValuesAddUpToOneWithFrequentValuesInsideBins) {
  const ClassCodec codec = Make({{3, 40, 41}, {0, 1, 7, 64, 500}, {}, 1, false});
  const auto p = Uneven(codec.num_classes());
  double sum = 0;
  for (uint64_t v = 0; v < 500; ++v) sum += Mass(codec, p, v, 1);
  EXPECT_NEAR(sum, 1, 1e-6);
}

TEST(ClassCodec, MassesAddUpToOneForEveryNumberOfPackets) {
  const ClassCodec codec = Make({{40, 52}, {0, 20, 41, 90}, {}, 1, true});
  const auto p = Uneven(codec.num_classes());
  for (uint64_t packets : {1, 2, 3, 17}) {
    double sum = 0;
    for (uint64_t v = 0; v < 90 * packets; ++v) sum += Mass(codec, p, v, packets);
    EXPECT_NEAR(sum, 1, 1e-6) << packets;
  }
}

TEST(ClassCodec, MassesAddUpToOneWithAClassOfOtherValues) {
  const ClassCodec codec = Make({{6, 17}, {}, {{1, 0.7}, {47, 0.2}, {50, 0.1}}, 1, false});
  const auto p = Uneven(codec.num_classes());
  double sum = 0;
  for (uint64_t v : {1, 6, 17, 47, 50}) sum += Mass(codec, p, v, 1);
  EXPECT_NEAR(sum, 1, 1e-6);
}

TEST(ClassCodec, DecodesEveryValueIntoItsOwnClass) {
  const ClassCodec codec = Make({{0, 5, 80}, {0, 10, 100, 1000}, {}, 4, false});
  for (uint64_t value = 0; value < 4000; value += 4) {
    const Code code = codec.Encode(value);
    for (double u : {0.0, 0.3, 0.999999}) {
      const uint64_t back = codec.Decode(code.cls, u);
      const Code again = codec.Encode(back);
      EXPECT_TRUE(again.cls == code.cls || again.alt == code.cls) << value << " came back as " << back;
      EXPECT_EQ(back % 4, 0u);
    }
  }
}

TEST(ClassCodec, FrequentValuesComeBackExactly) {
  const ClassCodec codec = Make({{0, 80, 443}, {0, 1024, 65536}, {}, 1, false});
  for (uint64_t value : {0, 80, 443}) EXPECT_EQ(codec.Decode(codec.Encode(value).cls, 0.5), value);
}

TEST(ClassCodec, SharesOfARangeAgreeWithSummingItsValues) {
  const ClassCodec codec = Make({{40}, {0, 20, 41, 90}, {}, 1, true});
  for (uint64_t packets : {1, 3}) {
    for (int c = 0; c < codec.num_classes(); ++c) {
      double sum = 0;
      for (uint64_t v = 30; v < 61; ++v) {
        const Code code = codec.Encode(v, packets);
        if (code.cls == c) sum += std::exp(code.log_share);
        if (code.alt == c) sum += std::exp(code.alt_log_share);
      }
      EXPECT_NEAR(codec.ShareWithin(c, 30, 61, packets), sum, 1e-6)
          << "class " << c << " packets " << packets;
    }
  }
}

TEST(ClassCodec, MovesWhatNoClassHoldsToTheNearestAndSaysSo) {
  const ClassCodec codec = Make({{0, 1}, {2, 10, 100}, {}, 1, false});
  EXPECT_FALSE(codec.InRange(5000));
  EXPECT_EQ(codec.Encode(5000).cls, codec.num_classes() - 1);
  const ClassCodec listed = Make({{2, 6, 9}, {}, {}, 1, false});
  EXPECT_FALSE(listed.InRange(7));
  EXPECT_EQ(listed.Decode(listed.Encode(7).cls, 0), 9u);
}

TEST(ClassCodec, ComesBackFromJsonAsItWas) {
  const ClassCodec codec = Make({{0, 80}, {0, 1024, 65536}, {}, 4, true});
  const ClassCodec back = ClassCodec::FromJson(codec.ToJson()).value();
  EXPECT_EQ(back.ToJson(), codec.ToJson());
  EXPECT_EQ(back.num_classes(), codec.num_classes());
}

TEST(ClassCodec, RefusesListsOutOfOrder) {
  EXPECT_EQ(ClassCodec::Create({{5, 3}, {}, {}, 1, false}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ClassCodec::Create({{}, {0, 5, 5}, {}, 1, false}).status().code(),
            absl::StatusCode::kInvalidArgument);
  using Other = std::vector<std::pair<uint64_t, double>>;
  for (const Other& other :
       {Other{{2, 0.5}, {1, 0.5}}, Other{{1, 1.5}, {2, -0.5}}, Other{{1, std::nan("")}}}) {
    EXPECT_EQ(ClassCodec::Create({{}, {}, other, 1, false}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(ClassCodec::Create({}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ClassCodec, DrawsRareValuesByTheirShares) {
  const ClassCodec codec =
      ClassCodec::Create({{80}, {}, {{1, 0.75}, {47, 0.125}, {50, 0.125}}, 1, false}).value();
  const double last = std::nextafter(1.0, 0.0);
  const std::pair<double, uint64_t> draws[] = {{0, 1},      {std::nextafter(0.75, 0.0), 1},   {0.75, 47},
                                               {0.874, 47}, {std::nextafter(0.875, 0.0), 47}, {0.875, 50},
                                               {last, 50}};
  for (const auto& [u, value] : draws) EXPECT_EQ(codec.Decode(1, u), value) << u;
}

TEST(ClassCodec, RefusesStateThatIsNotItsOwn) {
  EXPECT_EQ(ClassCodec::FromJson({{"values", "x"}}).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace stanflow
