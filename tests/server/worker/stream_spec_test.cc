#include "server/worker/stream_spec.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json Spec() {
  return {{"model", "models/edge/versions/3"},
          {"generate",
           {{"seed", 7},
            {"stream", 1},
            {"hosts", 12},
            {"home", "10.1.0.0/16"},
            {"start_ms", 86400000},
            {"rows", 5}}},
          {"to", "netflow9://127.0.0.1:2055"},
          {"when_full", "wait"},
          {"exporters", 2},
          {"file_dir", "/exports"}};
}

std::string Refused(const json& json) {
  const absl::Status status = ParseStreamJobSpec(json).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

TEST(StreamJobSpec, SaysWhatToSendWhereAndHowFast) {
  json from = Spec();
  from["speed"] = 60;
  from["when_full"] = "drop";
  const auto spec = ParseStreamJobSpec(from);
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->model, "models/edge/versions/3");
  EXPECT_EQ(spec->flows.hosts, 12u);
  EXPECT_EQ(spec->flows.rows, uint64_t{5});
  EXPECT_EQ(spec->flows.home.ToString(), "10.1.0.0/16");
  EXPECT_EQ(std::get<CollectorSink>(spec->url).address.port, 2055);
  EXPECT_EQ(spec->pace.kind, Pace::Kind::kSpeed);
  EXPECT_EQ(spec->pace.factor, 60);
  EXPECT_EQ(spec->when_full, WhenFull::kDrop);
  EXPECT_EQ(spec->exporters, 2u);
  EXPECT_EQ(spec->file_dir, "/exports");
}

TEST(StreamJobSpec, WithoutAPaceIsAsFastAsTheSink) {
  EXPECT_EQ(ParseStreamJobSpec(Spec())->pace.kind, Pace::Kind::kUnlimited);
  json from = Spec();
  from["rate"] = 2.5;
  EXPECT_EQ(ParseStreamJobSpec(from)->pace.kind, Pace::Kind::kRate);
}

TEST(StreamJobSpec, NamesWhatIsWrong) {
  json no_model = Spec(), bad_home = Spec(), bad_url = Spec(), bad_rate = Spec();
  no_model.erase("model");
  EXPECT_THAT(Refused(no_model), HasSubstr("'model'"));
  bad_home["generate"]["home"] = "10.1";
  EXPECT_THAT(Refused(bad_home), HasSubstr("10.1"));
  bad_url["to"] = "gopher://x";
  EXPECT_THAT(Refused(bad_url), HasSubstr("gopher"));
  bad_rate["rate"] = 0;
  EXPECT_THAT(Refused(bad_rate), HasSubstr("rate"));
}

TEST(SinkName, IsTheUrlsScheme) {
  EXPECT_EQ(SinkName("netflow9://127.0.0.1"), "netflow9");
  EXPECT_EQ(SinkName("file:flows.csv"), "file");
}

}  // namespace
}  // namespace stanflow
