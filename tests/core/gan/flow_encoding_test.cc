#include "core/gan/flow_encoding.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "gtest/gtest.h"
#include "tests/support/sample_rows.h"

namespace stanflow {
namespace {

absl::StatusOr<FlowEncoding> Fit(WpGanEncoding encoding, const std::vector<HostRow>& rows) {
  return FlowEncoding::Fit(encoding, rows, 1, [] { return false; });
}

HostRow ThereAndBack(const FlowEncoding& encoding, const HostRow& row) {
  std::vector<float> numbers(encoding.width(), NAN);
  encoding.Encode(row, numbers.data());
  for (int i = 0; i < encoding.width(); ++i) EXPECT_FALSE(std::isnan(numbers[i])) << i;
  for (int i = 0; i < encoding.bounded(); ++i) EXPECT_TRUE(numbers[i] >= 0 && numbers[i] <= 1) << i;
  return encoding.Decode(numbers.data());
}

// Rows of TCP, UDP and one other protocol, with no clock: what every encoding is meant to hold.
std::vector<HostRow> Rows() {
  std::vector<HostRow> rows = SampleRows(2000);
  for (HostRow& row : rows) {
    row.end_ms = 0;
    if (row.protocol == 47) row.protocol = 1;
  }
  return rows;
}

// A row with all attributes at their least or most.
HostRow Edge(bool most) {
  HostRow row;
  if (!most) {
    row.protocol = 17;
    row.packets = row.bytes = 1;
    return row;
  }
  row.direction = 1;
  row.protocol = 6;
  row.remote_address = 0xFFFFFFFF;
  row.local_port = row.remote_port = 65535;
  row.tcp_flags = row.tos = 255;
  row.packets = row.bytes = 0xFFFFFFFF;
  row.time_delta_s = 1 << 20;
  row.duration_ms = std::numeric_limits<uint32_t>::max();
  return row;
}

TEST(FlowEncoding, BinaryGivesBackEveryRowAndEveryEdge) {
  std::vector<HostRow> rows = Rows();
  rows.push_back(Edge(false));
  rows.push_back(Edge(true));
  const auto encoding = Fit(WpGanEncoding::kBinary, rows).value();
  EXPECT_EQ(encoding.bounded(), encoding.width());
  for (const HostRow& row : rows) {
    HostRow got = ThereAndBack(encoding, row);
    // Scalars in single precision: 24 bits of a range of up to 32.
    EXPECT_NEAR(got.duration_ms, row.duration_ms, 256);
    EXPECT_NEAR(got.time_delta_s, row.time_delta_s, 1);
    got.duration_ms = row.duration_ms;
    got.time_delta_s = row.time_delta_s;
    EXPECT_EQ(got, row);
  }
}

TEST(FlowEncoding, BinaryHoldsTheLargestCountThatFitsWhereARowHasMore) {
  const auto encoding = Fit(WpGanEncoding::kBinary, Rows()).value();
  HostRow row = Edge(true);
  row.bytes = kMaxFlowCount;
  EXPECT_EQ(ThereAndBack(encoding, row).bytes, 0xFFFFFFFFu);
}

TEST(FlowEncoding, NumericGivesBackNamesExactlyAndAmountsToTheirPrecision) {
  const std::vector<HostRow> rows = Rows();
  const auto encoding = Fit(WpGanEncoding::kNumeric, rows).value();
  for (const HostRow& row : rows) {
    HostRow got = ThereAndBack(encoding, row);
    EXPECT_NEAR(got.bytes, row.bytes, 2);
    got.bytes = row.bytes;
    EXPECT_EQ(got, row);
  }
}

TEST(FlowEncoding, NumericClampsWhatTrainingNeverSaw) {
  const std::vector<HostRow> rows = Rows();
  const auto encoding = Fit(WpGanEncoding::kNumeric, rows).value();
  uint32_t longest = 0;
  for (const HostRow& row : rows) longest = std::max(longest, row.duration_ms);
  EXPECT_EQ(ThereAndBack(encoding, Edge(true)).duration_ms, longest);
  EXPECT_EQ(ThereAndBack(encoding, Edge(true)).remote_address, 0xFFFFFFFFu);
  std::vector<float> wild(encoding.width());
  for (size_t i = 0; i < wild.size(); ++i) wild[i] = i % 2 == 0 ? -1e6f : 1e6f;
  const HostRow got = encoding.Decode(wild.data());
  EXPECT_GE(got.packets, 1u);
  EXPECT_GE(got.bytes, 1u);
}

TEST(FlowEncoding, EmbeddingsGiveBackEveryKnownRow) {
  const std::vector<HostRow> rows = Rows();
  const auto encoding = Fit(WpGanEncoding::kEmbedding, rows).value();
  EXPECT_GT(encoding.width(), encoding.bounded());
  for (const HostRow& row : rows) EXPECT_EQ(ThereAndBack(encoding, row), row);
}

TEST(FlowEncoding, EmbeddingsTakeTheNearestKnownNumberForAnUnknownOne) {
  const std::vector<HostRow> rows = Rows();
  const auto encoding = Fit(WpGanEncoding::kEmbedding, rows).value();
  std::set<uint32_t> durations;
  for (const HostRow& row : rows) durations.insert(row.duration_ms);
  HostRow row = rows[0];
  row.duration_ms = *durations.rbegin() + 1000;
  EXPECT_EQ(ThereAndBack(encoding, row).duration_ms, *durations.rbegin());
}

TEST(FlowEncoding, DecodesTheSameAfterItsJson) {
  const std::vector<HostRow> rows = Rows();
  for (auto kind : {WpGanEncoding::kNumeric, WpGanEncoding::kBinary, WpGanEncoding::kEmbedding}) {
    const auto encoding = Fit(kind, rows).value();
    const auto again = FlowEncoding::FromJson(encoding.ToJson(), encoding.vectors());
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->width(), encoding.width());
    std::vector<float> numbers(encoding.width());
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = std::sin(1.3f * static_cast<float>(i));
    EXPECT_EQ(again->Decode(numbers.data()), encoding.Decode(numbers.data()));
  }
  const auto encoding = Fit(WpGanEncoding::kEmbedding, rows).value();
  auto vectors = encoding.vectors();
  vectors["bytes"].pop_back();
  EXPECT_TRUE(absl::IsDataLoss(FlowEncoding::FromJson(encoding.ToJson(), vectors).status()));
}

TEST(FlowEncoding, CountsTheWordsAndTheirVectorsTwiceAsItsMemory) {
  const std::vector<HostRow> rows = Rows();
  EXPECT_EQ(Fit(WpGanEncoding::kNumeric, rows).value().memory_bytes(), 0u);
  const auto encoding = Fit(WpGanEncoding::kEmbedding, rows).value();
  uint64_t vectors = 0;
  for (const auto& [name, numbers] : encoding.vectors()) vectors += numbers.size() * sizeof(float);
  EXPECT_GT(encoding.memory_bytes(), 2 * vectors);
}

// Values that occur with the same others lie nearer to each other than values that do not.
TEST(Ip2Vec, PutsValuesOfOneCompanyNearEachOther) {
  std::vector<HostRow> rows;
  for (int i = 0; i < 4000; ++i) {
    HostRow row = Edge(false);
    const bool web = i % 2 == 0;
    row.protocol = web ? 6 : 17;
    row.remote_port = web ? (i % 4 == 0 ? 80 : 443) : (i % 4 == 1 ? 53 : 123);
    row.remote_address = static_cast<uint32_t>(web ? 1 + i % 10 : 100 + i % 10);
    row.packets = web ? 10 : 1;
    row.bytes = web ? 5000 : 80;
    rows.push_back(row);
  }
  Ip2VecOptions options;
  const auto columns = TrainIp2Vec(rows, options, 3, [] { return false; }).value();
  const auto ports = std::find_if(columns.begin(), columns.end(),
                                  [](const auto& c) { return c.attribute == Attribute::kRemotePort; });
  const auto distance = [&](uint64_t a, uint64_t b) {
    double sum = 0;
    for (int d = 0; d < options.dimensions; ++d) {
      const double y = ports->vectors[ports->Find(a) * options.dimensions + d] -
                       ports->vectors[ports->Find(b) * options.dimensions + d];
      sum += y * y;
    }
    return std::sqrt(sum);
  };
  EXPECT_LT(2 * distance(80, 443), distance(80, 53));
  EXPECT_LT(2 * distance(53, 123), distance(443, 123));
  EXPECT_TRUE(absl::IsCancelled(TrainIp2Vec(rows, options, 3, [] { return true; }).status()));
}

}  // namespace
}  // namespace stanflow
