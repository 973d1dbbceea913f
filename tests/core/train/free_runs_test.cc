#include "core/train/free_runs.h"

#include <set>
#include <vector>

#include "core/generate/causal_generator.h"
#include "gtest/gtest.h"
#include "tests/support/sample_dataset.h"
#include "tests/support/small_model.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

constexpr uint64_t kAllRows = 1'000'000, kSeed = 5;

class FreeRunsTest : public ::testing::Test {
 protected:
  ClassCounts Draw(const FreeRuns& runs, uint32_t round, int threads) const {
    return runs.Draw(*generator_, model_->outputs, kSeed, round, threads, [] { return false; }).value();
  }

  const TempDir dir_;
  const std::unique_ptr<Dataset> dataset_ = SampleDataset(dir_.File("data"), 3, 400, "hours=odd");
  const std::unique_ptr<StanModel> model_ = SmallModel(Preset::kCausal);
  const std::unique_ptr<Generator> generator_ =
      MakeCausalGenerator(SmallBundle(Preset::kCausal), "cpu", CausalEngine::kOwn).value();
};

TEST_F(FreeRunsTest, ASampleOfHoursIsOfAllHoursOfTheDay) {
  const auto dataset = SampleDataset(dir_.File("days"), 4, 6000, "hours=odd");
  const auto hours_of_the_day = [&](const std::vector<Sequence>& sequences) {
    std::set<int64_t> hours;
    for (const Sequence& sequence : sequences) hours.insert(sequence.start_ms / 3'600'000 % 24);
    return hours;
  };
  const std::vector<Sequence> all = dataset->Sequences(Split::kTrain),
                              some = SampleOfSequences(*dataset, dataset->manifest().train_rows / 3);
  ASSERT_GT(all.size(), 100u);
  EXPECT_LT(some.size(), all.size() / 2);
  EXPECT_GT(some.size(), all.size() / 5);
  EXPECT_EQ(hours_of_the_day(all).size(), 12u);
  EXPECT_EQ(hours_of_the_day(some), hours_of_the_day(all));
}

TEST_F(FreeRunsTest, ASampleOfHostsIsOfPiecesThatFollowEachOther) {
  const auto dataset = SampleDataset(dir_.File("hosts"), 2, 10000, "none");
  const std::vector<Sequence> all = SampleOfSequences(*dataset, kAllRows);
  ASSERT_EQ(all.size(), 6u);
  uint64_t row = 0;
  for (const Sequence& piece : all) {
    EXPECT_EQ(piece.begin, row);
    EXPECT_LE(piece.size(), 4096u);
    EXPECT_LE(piece.start_ms, dataset->Row(piece.begin).end_ms);
    if (piece.begin != 0 && piece.begin != 10000) {
      EXPECT_EQ(piece.start_ms, dataset->Row(piece.begin - 1).end_ms);
    }
    row = piece.end;
  }
  EXPECT_EQ(row, 20000u);
  EXPECT_LE(SampleOfSequences(*dataset, 5000).size(), 3u);
  EXPECT_EQ(SampleOfSequences(*dataset, 1).size(), 1u);
}

TEST_F(FreeRunsTest, AreWhatContextsMakeThatStartAndEndWithTheTrainingHours) {
  ClassCounts expected(model_->outputs);
  const std::vector<Sequence> sequences = dataset_->Sequences(Split::kTrain);
  const uint64_t most = 8 * (dataset_->manifest().train_rows / sequences.size() + 1);
  for (uint32_t i = 0; i < sequences.size(); ++i) {
    const auto owned = generator_->NewContext({kSeed, 2, i, sequences[i].start_ms});
    Context* const context = owned.get();
    const int64_t hour = dataset_->Row(sequences[i].begin).end_ms / 3'600'000;
    while (context->rows() < most) {
      HostRow row;
      ASSERT_TRUE(generator_->Step({&context, 1}, {&row, 1}).ok());
      if (row.end_ms / 3'600'000 != hour) break;
      expected.Add(row);
    }
  }
  const ClassCounts drawn = Draw(FreeRuns(*dataset_, kAllRows), 2, 1);
  ASSERT_GT(drawn.rows(), 0);
  EXPECT_EQ(drawn.rows(), expected.rows());
  for (size_t o = 0; o < model_->outputs.outputs.size(); ++o) EXPECT_EQ(drawn.of(o), expected.of(o));
}

TEST_F(FreeRunsTest, AreTheSameOnAnyNumberOfThreadsAndOthersInAnotherRound) {
  const FreeRuns runs(*dataset_, kAllRows);
  const ClassCounts one = Draw(runs, 0, 1), three = Draw(runs, 0, 3), other = Draw(runs, 1, 1);
  EXPECT_EQ(one.of(0), three.of(0));
  EXPECT_EQ(one.DivergenceFrom(three), 0);
  EXPECT_GT(one.DivergenceFrom(other), 0);
}

TEST_F(FreeRunsTest, OfFewerRowsAreOfFewerHours) {
  EXPECT_LT(Draw(FreeRuns(*dataset_, dataset_->manifest().train_rows / 4), 0, 1).rows(),
            Draw(FreeRuns(*dataset_, kAllRows), 0, 1).rows());
}

TEST_F(FreeRunsTest, StopWhenAsked) {
  const absl::Status stopped = FreeRuns(*dataset_, kAllRows)
                                   .Draw(*generator_, model_->outputs, kSeed, 0, 1, [] { return true; })
                                   .status();
  EXPECT_TRUE(absl::IsCancelled(stopped)) << stopped;
}

}  // namespace
}  // namespace stanflow
