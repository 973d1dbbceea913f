#include <set>

#include "tests/cli/cli_testing.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReproducePaper : public CliTest {
 protected:
  Words Command(const Words& more = {}) const {
    Words words = {"reproduce", "paper",       "--real",   dir_.Write("real.csv", "flows"),
                   "--home",    "10.1.0.0/16", "--output", dir_.File("paper")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

TEST_F(ReproducePaper, TrainsEveryModelOfThePaperAndHasThemJudged) {
  server_.datasets.exists = false;
  Output({"reproduce", "paper", "--real", dir_.Write("real.csv", "flows"), "--home", "10.1.0.0/16", "--home",
          "10.2.0.0/16", "--minutes-per-model", "2", "--task-rows", "700", "--output",
          dir_.File("paper/of/ours")});
  ASSERT_EQ(server_.datasets.uploads.All().size(), 1u);
  const v1::UploadHeader header = server_.datasets.uploads.All()[0].header;
  EXPECT_THAT(header.home(), ElementsAre("10.1.0.0/16", "10.2.0.0/16"));
  EXPECT_EQ(header.holdout(), "hours=odd");
  std::vector<std::string> presets;
  for (const v1::TrainRequest& train : server_.synthesis.trains.All()) {
    presets.push_back(train.preset());
    EXPECT_EQ(train.dataset(), "datasets/" + header.dataset());
    EXPECT_EQ(train.max_minutes(), 2);
  }
  EXPECT_THAT(presets, ElementsAre("causal", "paper", "b1", "b2", "wp_gan", "ctgan"));
  ASSERT_EQ(server_.synthesis.reproductions.All().size(), 1u);
  const v1::ReproduceRequest request = server_.synthesis.reproductions.All()[0];
  EXPECT_EQ(request.task_rows(), 700u);
  std::vector<std::string> names;
  for (const auto& model : request.models()) names.push_back(model.name());
  EXPECT_THAT(names, ElementsAre("stan", "stan_paper", "b1", "b2", "b3", "b4"));
  EXPECT_EQ(request.models(0).rows(), 0u) << "the server's choice";
  EXPECT_EQ(request.models(1).rows(), 50000u);
  EXPECT_EQ(request.models(0).model(), "models/edge/versions/3");
  EXPECT_EQ(dir_.Read("paper/of/ours/paper.json"), "{\"artifact\": \"report.json\"}");
  EXPECT_EQ(dir_.Read("paper/of/ours/paper.html"), "{\"artifact\": \"report.html\"}");
}

TEST_F(ReproducePaper, AsksForTheSameStepsWhenItIsGivenAgain) {
  Output(Command());
  Output(Command());
  const auto trains = server_.synthesis.trains.All();
  ASSERT_EQ(trains.size(), 12u);
  std::set<std::string> ids;
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(trains[i].SerializeAsString(), trains[i + 6].SerializeAsString());
    EXPECT_TRUE(ids.insert(trains[i].request_id()).second) << trains[i].request_id();
  }
  const auto reproductions = server_.synthesis.reproductions.All();
  ASSERT_EQ(reproductions.size(), 2u);
  EXPECT_EQ(reproductions[0].SerializeAsString(), reproductions[1].SerializeAsString());
  Output(Command({"--seed", "9"}));
  EXPECT_EQ(ids.count(server_.synthesis.trains.All().back().request_id()), 0u);
}

// The fake server refuses an id that another request has, as a real one does.
TEST_F(ReproducePaper, JudgesTheSameModelsAnewWithOtherRows) {
  Output(Command());
  Output(Command({"--rows", "7"}));
  Output(Command({"--task-rows", "9"}));
  const auto asked = server_.synthesis.reproductions.All();
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_EQ(asked[1].models(0).rows(), 7u);
  EXPECT_EQ(asked[1].models(1).rows(), 7u);
  EXPECT_EQ(asked[2].task_rows(), 9u);
  std::set<std::string> ids;
  for (const v1::TrainRequest& train : server_.synthesis.trains.All()) ids.insert(train.request_id());
  EXPECT_EQ(ids.size(), 6u) << "nothing is trained for it";
}

TEST_F(ReproducePaper, TriesAStepAnewThatHadFailed) {
  server_.synthesis.lost_reproductions = 2;
  Output(Command());
  const auto asked = server_.synthesis.reproductions.All();
  ASSERT_EQ(asked.size(), 3u);
  EXPECT_NE(asked[0].request_id(), asked[1].request_id());
  EXPECT_NE(asked[1].request_id(), asked[2].request_id());
}

TEST_F(ReproducePaper, ImportsAnewADatasetThatWasDeleted) {
  server_.datasets.exists = false;
  server_.datasets.lost_uploads = 1;
  Output(Command());
  const auto uploads = server_.datasets.uploads.All();
  ASSERT_EQ(uploads.size(), 2u);
  EXPECT_NE(uploads[0].header.request_id(), uploads[1].header.request_id());
  EXPECT_EQ(uploads[0].header.dataset(), uploads[1].header.dataset());
}

TEST_F(ReproducePaper, TrainsAnewAModelThatWasDeleted) {
  server_.models.lost_lookups = 1;
  Output(Command());
  const auto trains = server_.synthesis.trains.All();
  ASSERT_EQ(trains.size(), 7u);
  EXPECT_NE(trains[0].request_id(), trains[1].request_id());
  EXPECT_EQ(trains[0].model(), trains[1].model());
}

TEST_F(ReproducePaper, UploadsNothingWhileItIsNotKnownWhatThereIs) {
  server_.datasets.refuse_get = {grpc::StatusCode::INTERNAL, "the folder can't be read"};
  const Ended ended = Run(Command());
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("the folder can't be read"));
  EXPECT_THAT(server_.datasets.uploads.All(), IsEmpty());
}

TEST_F(ReproducePaper, AnswersByTheOutcomeOfTheStepThatEndedInVain) {
  server_.jobs.EndAs(v1::JOB_STATE_FAILED);
  const Ended failed = Run(Command({"--json"}));
  EXPECT_EQ(failed.code, 4);
  EXPECT_THAT(failed.err, HasSubstr("jobs/train-1 failed: INTERNAL: bytes: the loss is not a number"));
  const auto printed = nlohmann::json::parse(failed.out);
  EXPECT_EQ(printed["job"]["name"], "jobs/train-1");
  EXPECT_TRUE(printed["html"].is_null());
  server_.jobs.EndAs(v1::JOB_STATE_CANCELLED);
  EXPECT_EQ(Run(Command()).code, 6);
  server_.datasets.exists = false;
  EXPECT_EQ(Run(Command()).code, 6);
  EXPECT_EQ(server_.datasets.uploads.All().size(), 1u);
  EXPECT_THAT(server_.synthesis.reproductions.All(), IsEmpty());
}

TEST_F(ReproducePaper, TakesTheNetworkOfThePapersFlowsUnlessToldAnother) {
  server_.datasets.exists = false;
  Output({"reproduce", "paper", "--real", dir_.Write("real.csv", "flows"), "--output", dir_.File("paper")});
  EXPECT_THAT(server_.datasets.uploads.All()[0].header.home(), ElementsAre("42.219.0.0/16"));
}

TEST_F(ReproducePaper, RefusesAtOnceWhatTheLastStepWouldRefuse) {
  EXPECT_THAT(Run(Command({"--rows", "0"})).err, HasSubstr("--rows: must be 1 or more"));
  EXPECT_EQ(Run(Command({"--rows", "0"})).code, 2);
  EXPECT_EQ(Run(Command({"--holdout", "none"})).code, 2);
  EXPECT_THAT(server_.datasets.uploads.All(), IsEmpty());
  EXPECT_THAT(server_.synthesis.trains.All(), IsEmpty());
}

}  // namespace
}  // namespace stanflow
