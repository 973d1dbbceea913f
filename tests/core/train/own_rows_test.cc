#include "core/train/own_rows.h"

#include "core/generate/causal_generator.h"
#include "gtest/gtest.h"
#include "tests/support/sample_dataset.h"
#include "tests/support/small_model.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

constexpr uint64_t kAllRows = 1'000'000, kSeed = 5;

bool Never() { return false; }

class OwnRowsTest : public ::testing::Test {
 protected:
  OwnRows Draw(uint64_t max_rows, int threads) const {
    return OwnRows::Draw(*generator_, *dataset_, max_rows, kSeed, threads, Never).value();
  }

  const TempDir dir_;
  const std::unique_ptr<Dataset> dataset_ = SampleDataset(dir_.File("data"), 3, 400, "hours=odd");
  const std::unique_ptr<Generator> generator_ =
      MakeCausalGenerator(SmallBundle(Preset::kCausal), "cpu", CausalEngine::kOwn).value();
};

TEST_F(OwnRowsTest, AreWhatAContextDrawsThatHasFollowedTheRealRows) {
  const OwnRows own = Draw(kAllRows, 1);
  const std::vector<Sequence> sequences = dataset_->Sequences(Split::kTrain);
  for (uint32_t i = 0; i < sequences.size(); ++i) {
    const auto context = generator_->NewContext({kSeed, 0, i, sequences[i].start_ms});
    Context* follows = context.get();
    const std::vector<HostRow> real = dataset_->HostRows(sequences[i]);
    for (size_t r = 0; r < real.size(); ++r) {
      const auto copy = context->Copy();
      Context* draws = copy.get();
      HostRow drawn;
      ASSERT_TRUE(generator_->Step({&draws, 1}, {&drawn, 1}).ok());
      ASSERT_TRUE(generator_->Follow({&follows, 1}, {&real[r], 1}).ok());
      const HostRow* const found = own.Find(sequences[i].begin + r);
      ASSERT_NE(found, nullptr);
      EXPECT_EQ(*found, drawn);
    }
  }
}

TEST_F(OwnRowsTest, AreNotDrawnForTheHoldOut) {
  const OwnRows own = Draw(kAllRows, 1);
  uint64_t rows = 0;
  for (const Sequence& sequence : dataset_->Sequences(Split::kHoldout)) {
    for (uint64_t row = sequence.begin; row < sequence.end; ++row) EXPECT_EQ(own.Find(row), nullptr);
    rows += sequence.size();
  }
  EXPECT_GT(rows, 0u);
}

TEST_F(OwnRowsTest, AreTheSameOnAnyNumberOfThreads) {
  const OwnRows one = Draw(kAllRows, 1), three = Draw(kAllRows, 3);
  for (const Sequence& sequence : dataset_->Sequences(Split::kTrain)) {
    for (uint64_t row = sequence.begin; row < sequence.end; ++row) EXPECT_EQ(*one.Find(row), *three.Find(row));
  }
}

TEST_F(OwnRowsTest, OfMoreRowsThanMayBeDrawnComeWholeSequences) {
  const OwnRows some = Draw(dataset_->manifest().train_rows / 2, 1);
  uint64_t with = 0, without = 0;
  for (const Sequence& sequence : dataset_->Sequences(Split::kTrain)) {
    const bool drawn = some.Find(sequence.begin) != nullptr;
    for (uint64_t row = sequence.begin; row < sequence.end; ++row) EXPECT_EQ(some.Find(row) != nullptr, drawn);
    ++(drawn ? with : without);
  }
  EXPECT_GT(with, 0u);
  EXPECT_GT(without, 0u);
}

TEST_F(OwnRowsTest, StopWhenAsked) {
  const auto stopped =
      OwnRows::Draw(*generator_, *dataset_, kAllRows, kSeed, 1, [] { return true; }).status();
  EXPECT_TRUE(absl::IsCancelled(stopped)) << stopped;
}

}  // namespace
}  // namespace stanflow
