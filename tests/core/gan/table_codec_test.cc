#include "core/gan/table_codec.h"

#include <map>

#include "core/gan/condition_sampler.h"
#include "gtest/gtest.h"
#include "tests/core/gan/gan_testing.h"

namespace stanflow {
namespace {

std::vector<SpanValue> RowOf(const EncodedTable& encoded, size_t r) {
  std::vector<SpanValue> row;
  for (const auto& span : encoded.values) row.push_back(span[r]);
  return row;
}

TEST(TableCodec, LaysOutAScalarWithItsModesAndClassesOneHot) {
  const Table table = DependentTable(2000);
  const auto codec = TableCodec::Fit(table, 1);
  ASSERT_TRUE(codec.ok()) << codec.status();
  const auto& spans = codec->spans();
  ASSERT_EQ(spans.size(), 4u);
  EXPECT_EQ(spans[1].offset, 3);
  EXPECT_EQ(spans[1].condition, 3);
  EXPECT_FALSE(spans[2].one_hot);
  EXPECT_EQ(spans[3].offset, spans[2].offset + 1);
  EXPECT_EQ(spans[3].condition, -1);
  EXPECT_EQ(codec->condition_width(), 6);
  EXPECT_EQ(codec->width(), 7 + spans[3].width);
  EXPECT_GE(spans[3].width, 3);
}

TEST(TableCodec, DecodesWhatItEncodedWhereNothingIsClipped) {
  const Table table = DependentTable(3000);
  const auto codec = TableCodec::Fit(table, 1).value();
  const EncodedTable encoded = codec.Encode(table, 2);
  size_t clipped = 0;
  for (size_t r = 0; r < table.rows(); ++r) {
    const std::vector<double> row = codec.Decode(RowOf(encoded, r));
    EXPECT_EQ(row[0], table.columns[0].values[r]);
    EXPECT_EQ(row[1], table.columns[1].values[r]);
    const float scalar = encoded.values[2][r].scalar;
    ASSERT_LE(std::abs(scalar), 0.99f);
    if (std::abs(scalar) == 0.99f) {
      ++clipped;
    } else {
      EXPECT_NEAR(row[2], table.columns[2].values[r], 1e-4);
    }
  }
  EXPECT_LT(clipped, table.rows() / 100);
}

TEST(TableCodec, ChoosesModesByTheirResponsibilities) {
  const Table table = DependentTable(3000);
  const auto codec = TableCodec::Fit(table, 1).value();
  const EncodedTable encoded = codec.Encode(table, 2);
  // The modes that values around 0, 10 and 20 are given to must differ.
  std::map<int, std::map<int, int>> modes;
  for (size_t r = 0; r < table.rows(); ++r) {
    ++modes[static_cast<int>(table.columns[0].values[r])][encoded.values[3][r].cls];
  }
  for (const auto& [mode, count] : modes[0]) EXPECT_LT(modes[1][mode] + modes[2][mode], 5) << mode;
}

TEST(TableCodec, DecodesTheSameAfterItsJson) {
  const Table table = DependentTable(500);
  const auto codec = TableCodec::Fit(table, 1).value();
  const auto again = TableCodec::FromJson(codec.ToJson());
  ASSERT_TRUE(again.ok()) << again.status();
  const EncodedTable encoded = codec.Encode(table, 2);
  for (size_t r = 0; r < table.rows(); ++r) {
    EXPECT_EQ(again->Decode(RowOf(encoded, r)), codec.Decode(RowOf(encoded, r)));
  }
  auto json = codec.ToJson();
  json[2]["modes"] = nlohmann::json::array();
  EXPECT_TRUE(absl::IsDataLoss(TableCodec::FromJson(json).status()));
}

TEST(TableCodec, RefusesAValueThatIsNoClass) {
  Table table = DependentTable(10);
  table.columns[0].values[3] = 3;
  EXPECT_TRUE(absl::IsInvalidArgument(TableCodec::Fit(table, 1).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(TableCodec::Fit(Table(), 1).status()));
}

TEST(TableCodec, AsksBeforeEachColumnWhetherToStop) {
  int asked = 0;
  EXPECT_TRUE(TableCodec::Fit(DependentTable(10), 1, [&] {
                ++asked;
                return false;
              }).ok());
  EXPECT_EQ(asked, 3);
  EXPECT_TRUE(absl::IsCancelled(TableCodec::Fit(DependentTable(10), 1, [] { return true; }).status()));
}

TEST(ConditionSampler, AsksForClassesByTheirLogarithmOrAsOftenAsTheyOccur) {
  const Table table = DependentTable(4000);
  const auto codec = TableCodec::Fit(table, 1).value();
  const EncodedTable encoded = codec.Encode(table, 2);
  const ConditionSampler sampler(codec, encoded);
  std::vector<double> counts(3);
  for (double v : table.columns[0].values) ++counts[static_cast<int>(v)];
  double log_sum = 0;
  for (double c : counts) log_sum += std::log1p(c);
  std::vector<double> data(3), log(3);
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) {
    const double u = (i + 0.5) / kDraws;
    data[sampler.Draw(ClassFrequency::kData, 0.1, u).cls] += 1.0 / kDraws;
    log[sampler.Draw(ClassFrequency::kLog, 0.1, u).cls] += 1.0 / kDraws;
  }
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(data[c], counts[c] / 4000, 1e-3);
    EXPECT_NEAR(log[c], std::log1p(counts[c]) / log_sum, 1e-3);
  }
  EXPECT_EQ(sampler.Draw(ClassFrequency::kData, 0.6, 0).span, 1);
}

TEST(ConditionSampler, GivesRowsThatHaveTheClassAndReachesAllOfThem) {
  const Table table = DependentTable(300);
  const auto codec = TableCodec::Fit(table, 1).value();
  const EncodedTable encoded = codec.Encode(table, 2);
  const ConditionSampler sampler(codec, encoded);
  std::map<uint32_t, int> met;
  for (int i = 0; i < 3000; ++i) ++met[sampler.RowWith({0, 2}, (i + 0.5) / 3000)];
  size_t with_class = 0;
  for (size_t r = 0; r < table.rows(); ++r) with_class += table.columns[0].values[r] == 2;
  EXPECT_EQ(met.size(), with_class);
  for (const auto& [row, count] : met) EXPECT_EQ(table.columns[0].values[row], 2);
}

TEST(ConditionSampler, AsksTheSameAfterItsJson) {
  const Table table = DependentTable(300);
  const auto codec = TableCodec::Fit(table, 1).value();
  const ConditionSampler sampler(codec, codec.Encode(table, 2));
  const auto again = ConditionSampler::FromJson(codec, sampler.ToJson());
  ASSERT_TRUE(again.ok()) << again.status();
  for (int i = 0; i < 100; ++i) {
    const double u = (i + 0.5) / 100, v = std::fmod(i * 0.377, 1);
    EXPECT_EQ(again->Draw(ClassFrequency::kData, u, v).cls, sampler.Draw(ClassFrequency::kData, u, v).cls);
  }
  auto json = sampler.ToJson();
  json[0] = {0, 0, 0};
  EXPECT_TRUE(absl::IsDataLoss(ConditionSampler::FromJson(codec, json).status()));
}

}  // namespace
}  // namespace stanflow
