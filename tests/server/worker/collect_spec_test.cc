#include "server/worker/collect_spec.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

nlohmann::json Spec() {
  return {{"dataset", "live"},           {"home", {"10.0.0.0/16"}},    {"holdout", "hours=odd"},
          {"base_digest", "d1"},         {"listen", "127.0.0.1:2055"}, {"max_rows", 1000},
          {"max_minutes", 1.5},          {"publish_seconds", 10},      {"max_spool_bytes", 2000},
          {"receive_buffer_bytes", 3000}};
}

TEST(CollectSpec, SaysAllOfIt) {
  const auto spec = ParseCollectSpec(Spec());
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->dataset.name, "live");
  EXPECT_EQ(spec->dataset.home.at(0).ToString(), "10.0.0.0/16");
  EXPECT_EQ(spec->dataset.holdout.ToString(), "hours=odd");
  EXPECT_EQ(spec->dataset.max_rows, 1000u);
  EXPECT_EQ(spec->base_digest, "d1");
  EXPECT_EQ(spec->address, 0x7F000001u);
  EXPECT_EQ(spec->port, 2055);
  EXPECT_EQ(spec->max_minutes, 1.5);
  EXPECT_EQ(spec->publish_every, std::chrono::seconds(10));
  EXPECT_EQ(spec->max_spool_bytes, 2000u);
  EXPECT_EQ(spec->receive_buffer_bytes, 3000u);
}

TEST(CollectSpec, NamesWhatIsMissing) {
  const nlohmann::json whole = Spec();
  for (const auto& [name, value] : whole.items()) {
    nlohmann::json spec = whole;
    spec.erase(name);
    EXPECT_THAT(std::string(ParseCollectSpec(spec).status().message()), HasSubstr(name));
  }
}

}  // namespace
}  // namespace stanflow
