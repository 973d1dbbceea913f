#include "server/worker/exporter_totals.h"

#include "core/base/strings.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(ExporterTotals, AddsUpByNameAlsoWhatWasStored) {
  ExporterTotals totals;
  totals.Add({{"a", 1, 2, 3}, {"b", 0, 1, 1}});
  auto stored = ExporterTotals::FromJson(totals.ToJson());
  ASSERT_TRUE(stored.ok()) << stored.status();
  stored->Add({{"a", 1, 1, 1}});
  EXPECT_EQ(stored->ToJson(),
            nlohmann::json::parse(R"({"a": {"sequence_failures": 2, "packets": 3, "flows": 4},
                                      "b": {"sequence_failures": 0, "packets": 1, "flows": 1}})"));
}

TEST(ExporterTotals, StaysSmallWhoeverSends) {
  ExporterTotals totals;
  for (int i = 0; i < 1000; ++i) totals.Add({{StrCat("exporter ", i), 0, 1, 2}});
  totals.Add({{"exporter 7", 0, 1, 2}});
  const nlohmann::json json = totals.ToJson();
  EXPECT_EQ(json.size(), 101u);
  EXPECT_EQ(json["exporter 7"]["packets"], 2);
  EXPECT_EQ(json["others"]["packets"], 900);
}

TEST(ExporterTotals, RefusesWhatItHasNotWritten) {
  EXPECT_FALSE(ExporterTotals::FromJson(nlohmann::json::parse(R"({"a": {"packets": 1}})")).ok());
  EXPECT_FALSE(ExporterTotals::FromJson(nlohmann::json::parse(R"({"a": 7})")).ok());
}

}  // namespace
}  // namespace stanflow
