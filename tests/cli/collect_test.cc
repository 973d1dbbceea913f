#include "tests/cli/cli_testing.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CollectCommand : public CliTest {
 protected:
  v1::CollectRequest Asked() const {
    const auto all = server_.datasets.collections.All();
    return all.empty() ? v1::CollectRequest() : all.back();
  }
};

TEST_F(CollectCommand, AsksForWhatItsFlagsSayAndWaits) {
  const std::string out = Output({"datasets", "collect", "live", "--home", "10.0.0.0/16", "--home",
                                  "192.0.2.0/24", "--holdout", "hours=odd", "--listen", "0.0.0.0:9995",
                                  "--max-rows", "1000000", "--max-minutes", "90", "--every", "10"});
  const v1::CollectRequest request = Asked();
  EXPECT_EQ(request.dataset(), "live");
  EXPECT_THAT(request.home(), ElementsAre("10.0.0.0/16", "192.0.2.0/24"));
  EXPECT_EQ(request.holdout(), "hours=odd");
  EXPECT_EQ(request.listen(), "0.0.0.0:9995");
  EXPECT_EQ(request.max_rows(), 1000000u);
  EXPECT_EQ(request.max_minutes(), 90);
  EXPECT_EQ(request.publish_seconds(), 10u);
  EXPECT_THAT(out, HasSubstr("SUCCEEDED"));
}

TEST_F(CollectCommand, DetachedPrintsTheJobAloneAndLeavesTheRestToTheServer) {
  EXPECT_EQ(Output({"datasets", "collect", "live", "--detach"}), "jobs/collect-1\n");
  const v1::CollectRequest request = Asked();
  EXPECT_EQ(request.listen(), "127.0.0.1:2055");
  EXPECT_EQ(request.home_size(), 0);
  EXPECT_EQ(request.holdout(), "");
  EXPECT_EQ(request.max_rows(), 0u);
  EXPECT_EQ(request.publish_seconds(), 60u);
}

TEST_F(CollectCommand, ValidatesOnly) {
  EXPECT_EQ(Output({"datasets", "collect", "live", "--home", "10.0.0.0/16", "--validate-only"}), "valid\n");
  EXPECT_TRUE(Asked().validate_only());
}

TEST_F(CollectCommand, RefusesAnIntervalThatNoCollectorTakes) {
  const Ended ended = Run({"datasets", "collect", "live", "--every", "1"});
  EXPECT_NE(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("--every"));
  EXPECT_TRUE(server_.datasets.collections.All().empty());
}

}  // namespace
}  // namespace stanflow
