#include "tests/cli/cli_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class StreamCommand : public CliTest {
 protected:
  v1::StreamRequest Asked() const {
    const auto all = server_.synthesis.streams.All();
    return all.empty() ? v1::StreamRequest() : all.back();
  }
};

TEST_F(StreamCommand, AsksForWhatItsFlagsSayAndWaits) {
  const std::string out = Output({"stream", "--model", "edge", "--rows", "1000000", "--seed", "7", "--to",
                                  "netflow9://127.0.0.1:2055", "--rate", "5000"});
  const v1::StreamRequest request = Asked();
  EXPECT_EQ(request.generate().model(), "edge");
  EXPECT_EQ(request.generate().rows(), 1000000u);
  EXPECT_EQ(request.generate().seed(), 7u);
  EXPECT_EQ(request.to(), "netflow9://127.0.0.1:2055");
  EXPECT_EQ(request.flows_per_second(), 5000);
  EXPECT_EQ(request.when_full(), v1::WHEN_FULL_WAIT);
  EXPECT_EQ(request.exporters(), 1u);
  EXPECT_THAT(out, HasSubstr("SUCCEEDED"));
}

TEST_F(StreamCommand, DetachedPrintsTheJobAlone) {
  EXPECT_EQ(Output({"stream", "--model", "edge", "--to", "file:flows.csv", "--speed", "60", "--when-full",
                    "drop", "--exporters", "8", "--detach"}),
            "jobs/stream-1\n");
  const v1::StreamRequest request = Asked();
  EXPECT_EQ(request.speed(), 60);
  EXPECT_EQ(request.when_full(), v1::WHEN_FULL_DROP);
  EXPECT_EQ(request.exporters(), 8u);
  EXPECT_EQ(request.generate().extent_case(), v1::GenerateRequest::EXTENT_NOT_SET);
}

TEST_F(StreamCommand, MayStartNow) {
  Output({"stream", "--model", "edge", "--to", "ipfix://127.0.0.1", "--start", "now", "--detach"});
  EXPECT_GT(Asked().generate().start().seconds(), 1700000000);
}

TEST_F(StreamCommand, RefusesTwoPaces) {
  const Ended ended = Run({"stream", "--model", "edge", "--to", "ipfix://h", "--rate", "1", "--speed", "2"});
  EXPECT_NE(ended.code, 0);
  EXPECT_THAT(ended.err, HasSubstr("--rate"));
  EXPECT_TRUE(server_.synthesis.streams.All().empty());
}

}  // namespace
}  // namespace stanflow
