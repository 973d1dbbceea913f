#include "core/generate/baselines/b1_model.h"

#include <cmath>
#include <map>
#include <optional>

#include "gtest/gtest.h"
#include "tests/core/generate/baselines/b1_testing.h"

namespace stanflow {
namespace {

double MassUpTo(const B1Model& model, Attribute attribute, uint64_t end) {
  double sum = 0;
  for (uint64_t v = 0; v < end; ++v) sum += std::exp(-model.Nats(attribute, v));
  return sum;
}

TEST(B1Model, MassesOfEveryAttributeSumToOne) {
  const B1Model model = TestB1();
  EXPECT_NEAR(MassUpTo(model, Attribute::kDirection, 2), 1, 1e-9);
  for (Attribute a : {Attribute::kProtocol, Attribute::kTcpFlags, Attribute::kTos}) {
    EXPECT_NEAR(MassUpTo(model, a, 256), 1, 1e-9) << AttributeName(a);
  }
  for (Attribute a : {Attribute::kLocalPort, Attribute::kRemotePort}) {
    EXPECT_NEAR(MassUpTo(model, a, 65536), 1, 1e-9) << AttributeName(a);
  }
  // Beyond these ends lies less than 1e-9 by the mixtures' deviations.
  EXPECT_NEAR(MassUpTo(model, Attribute::kTimeDelta, 100), 1, 1e-8);
  EXPECT_NEAR(MassUpTo(model, Attribute::kPackets, 10000), 1, 1e-8);
  EXPECT_NEAR(MassUpTo(model, Attribute::kDuration, 20000), 1, 1e-8);
}

TEST(B1Model, MassesOfBytesSumToOneOnBothSidesOfTheNarrowIntervals) {
  const B1Model model = TestB1();
  // Up to 2^24 each integer; then Simpson's rule over the logarithm, where sums become integrals.
  double sum = MassUpTo(model, Attribute::kBytes, 1 << 24);
  const double from = std::log((1 << 24) - 0.5), to = std::log(1e15), h = (to - from) / 2000;
  for (int i = 0; i <= 2000; ++i) {
    const double x = from + i * h;
    const auto n = static_cast<uint64_t>(std::exp(x));
    const double density =
        std::exp(-model.Nats(Attribute::kBytes, std::max<uint64_t>(n, 1 << 24))) * std::exp(x);
    sum += density * h / 3 * (i == 0 || i == 2000 ? 1 : i % 2 == 1 ? 4 : 2);
  }
  EXPECT_NEAR(sum, 1, 1e-6);
}

TEST(B1Model, MassesOfTheRemoteAddressAreProductsOfOctetsThatSumToOne) {
  const B1Model model = TestB1();
  double sum = 0;
  for (uint32_t v = 0; v < 256; ++v) {
    sum += std::exp(-model.Nats(Attribute::kRemoteAddress, v << 8 | 0x0A0B000D) +
                    model.Nats(Attribute::kRemoteAddress, 0x0A0B0C0D));
  }
  const double third = std::exp(-model.Nats(Attribute::kRemoteAddress, 0x0A0B0C0D) +
                                model.Nats(Attribute::kRemoteAddress, 0x0A0BC80D));
  EXPECT_NEAR(third, 60.0 / 39, 1e-9);
  // 0x0C has 60 of 100 counts and the escape takes 2/102: all values together are 1 over its mass.
  EXPECT_NEAR(sum, 1 / (0.6 * (1 - 2.0 / 102)), 1e-9);
}

TEST(B1Model, EveryValueHasMass) {
  const B1Model model = TestB1();
  HostRow row;
  row.time_delta_s = UINT32_MAX;
  row.protocol = 255;
  row.remote_address = UINT32_MAX;
  row.packets = row.bytes = UINT64_MAX;
  row.duration_ms = UINT32_MAX;
  for (float nats : model.Score(row, nullptr).exact) EXPECT_TRUE(std::isfinite(nats));
  const RowNats scores = model.Score(row, nullptr);
  for (float nats :
       {scores.paper_bytes, scores.paper_packets, scores.paper_duration, scores.paper_protocol}) {
    EXPECT_TRUE(std::isfinite(nats));
  }
  for (float nats : model.Score(HostRow{}, nullptr).exact) EXPECT_TRUE(std::isfinite(nats));
}

TEST(B1Model, DurationsBetweenTheStepsHaveTheEscapesShare) {
  const B1Model model = TestB1(4);
  double on = 0, between = 0;
  for (uint64_t ms = 0; ms < 20000; ++ms) {
    (ms % 4 == 0 ? on : between) += std::exp(-model.Nats(Attribute::kDuration, ms));
  }
  EXPECT_NEAR(between, 1.0 / 102, 1e-8);
  EXPECT_NEAR(on, 101.0 / 102, 1e-8);
}

// What is drawn comes as often as its mass says, attribute by attribute.
TEST(B1Model, DrawsFollowTheMasses) {
  for (uint32_t step : {1u, 4u}) {
    const B1Model model = TestB1(step);
    constexpr uint64_t kDraws = 30000;
    std::map<Attribute, std::map<uint64_t, int>> hits;
    for (uint64_t i = 0; i < kDraws; ++i) {
      const HostRow row = model.Draw({3, 0, 1, i, 0}, 1000, nullptr);
      EXPECT_EQ(row.end_ms, 1000 + int64_t{1000} * row.time_delta_s);
      for (int a = 0; a < kNumAttributes; ++a) ++hits[Attribute(a)][row.Get(Attribute(a))];
    }
    for (const auto& [attribute, counts] : hits) {
      for (const auto& [value, count] : counts) {
        const double expected = kDraws * std::exp(-model.Nats(attribute, value));
        if (expected < 50) continue;
        EXPECT_NEAR(count, expected, 5 * std::sqrt(expected)) << AttributeName(attribute) << " " << value;
      }
    }
  }
}

TEST(B1Model, PapersBinsAreThoseOfTable4) {
  const B1Model model = TestB1();
  HostRow row;
  row.protocol = kIcmp;
  row.packets = 1;
  row.bytes = 1;
  row.duration_ms = 362'999;
  const RowNats nats = model.Score(row, nullptr);
  EXPECT_NEAR(nats.paper_protocol, -std::log(1 - 0.98 * (1 - 1.0 / 102)), 1e-4);
  // First bin, open below: P(ln packets <= 12.83 / 200).
  const GaussianMixture packets{{0.4, 0.6}, {0, 2}, {1e-4, 1}}, duration{{0.5, 0.5}, {0, 3}, {1e-4, 2}};
  EXPECT_NEAR(nats.paper_packets, -packets.LogMass(-INFINITY, 12.83 / 200), 1e-5);
  // Last bin, open above.
  EXPECT_NEAR(nats.paper_duration, -duration.LogMass(363 * 199 / 200.0, INFINITY), 1e-2);
}

TEST(B1Model, ComesBackFromItsTensors) {
  const B1Model model = TestB1();
  TensorFile file;
  model.Store(&file);
  const auto back = B1Model::Load(file);
  ASSERT_TRUE(back.ok()) << back.status();
  for (uint64_t i = 0; i < 50; ++i) {
    const HostRow row = model.Draw({3, 0, 1, i, 0}, 0, nullptr);
    EXPECT_EQ(back->Draw({3, 0, 1, i, 0}, 0, nullptr), row);
    EXPECT_EQ(back->Score(row, nullptr).exact, model.Score(row, nullptr).exact);
  }
}

TEST(B1Model, IsRefusedByTheTensorThatIsWrong) {
  TensorFile whole;
  TestB1().Store(&whole);
  const auto refused = [&whole](const std::string& name, std::optional<StoredTensor> instead) {
    TensorFile file = whole;
    file.tensors.erase(name);
    if (instead.has_value()) file.tensors[name] = *std::move(instead);
    const absl::Status status = B1Model::Load(file).status();
    return absl::IsDataLoss(status) &&
           status.message().find(name.substr(0, name.find('.'))) != absl::string_view::npos;
  };
  EXPECT_TRUE(refused("ln_bytes.means", std::nullopt));
  EXPECT_TRUE(refused("local_port.counts", StoreVector<int64_t>(std::vector<int64_t>(65535))));
  EXPECT_TRUE(refused("tos.counts", StoreVector<int64_t>(std::vector<int64_t>(256, -1))));
  EXPECT_TRUE(refused("duration.step_ms", StoreVector<int64_t>({0})));
  EXPECT_TRUE(refused("direction.counts", StoreVector<double>({1, 2})));
}

}  // namespace
}  // namespace stanflow
