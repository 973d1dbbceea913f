#include "server/worker/evaluate_spec.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

TEST(EvaluateSpec, NamesWhatIsMissingOrOfTheWrongKind) {
  EXPECT_THAT(std::string(ParseEvaluateSpec({{"model", "m"}}).status().message()),
              HasSubstr("name the dataset"));
  EXPECT_THAT(std::string(ParseEvaluateSpec({{"dataset", "d"}}).status().message()),
              HasSubstr("name a model"));
  EXPECT_TRUE(absl::IsInvalidArgument(ParseEvaluateSpec({{"dataset", 3}, {"model", "m"}}).status()));
}

TEST(EvaluateSpec, RefusesMoreFlowsThanAreJudgedAtOnce) {
  const auto spec = [](uint64_t rows, const char* synthetic) {
    return ParseEvaluateSpec({{"dataset", "d"},
                              {"model", "m"},
                              {"synthetic_dataset", synthetic},
                              {"generate", {{"rows", rows}}}})
        .status();
  };
  EXPECT_TRUE(absl::IsInvalidArgument(spec(20'000'001, "")));
  EXPECT_TRUE(spec(20'000'000, "").ok());
  EXPECT_TRUE(spec(20'000'001, "imported").ok()) << "nothing is generated";
}

TEST(EvaluateSpec, EmptyAndMissingFieldsAreTheSame) {
  const auto spec =
      ParseEvaluateSpec({{"dataset", "d"}, {"model", "m"}, {"version", 2}, {"synthetic_dataset", nullptr}});
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->version, 2);
  EXPECT_EQ(spec->synthetic_dataset, "");
  EXPECT_EQ(spec->max_likelihood_rows, 0);
}

TEST(EvaluateSpec, StreamHasTheDefaultsOfGenerate) {
  GeneratorInfo info;
  info.training_hosts = 200;
  info.default_start_ms = 77'000;
  const auto stream = StreamSpecOf({{"seed", 5}}, info, 1234);
  ASSERT_TRUE(stream.ok()) << stream.status();
  EXPECT_EQ(stream->seed, 5);
  EXPECT_EQ(stream->hosts, 90);
  EXPECT_EQ(stream->home.ToString(), "10.0.0.0/16");
  EXPECT_EQ(stream->start_ms, 77'000);
  EXPECT_EQ(stream->rows, 1234);
  EXPECT_FALSE(stream->duration_ms.has_value());
}

TEST(EvaluateSpec, StreamIsWhatWasAsked) {
  const nlohmann::json generate = {{"seed", 1},     {"stream", 2},     {"hosts", 3}, {"home", "10.9.0.0/24"},
                                   {"start_ms", 4}, {"duration_ms", 5}};
  const auto stream = StreamSpecOf(generate, {}, 1234);
  ASSERT_TRUE(stream.ok()) << stream.status();
  EXPECT_EQ(stream->stream, 2);
  EXPECT_EQ(stream->hosts, 3);
  EXPECT_EQ(stream->home.ToString(), "10.9.0.0/24");
  EXPECT_EQ(stream->start_ms, 4);
  EXPECT_EQ(stream->duration_ms, 5);
  EXPECT_FALSE(stream->rows.has_value());
  EXPECT_TRUE(absl::IsInvalidArgument(StreamSpecOf({{"home", "ten"}}, {}, 1).status()));
}

}  // namespace
}  // namespace stanflow
