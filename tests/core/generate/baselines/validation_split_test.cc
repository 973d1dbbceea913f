#include "core/generate/baselines/validation_split.h"

#include <limits>
#include <memory>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

std::set<uint64_t> Begins(const std::vector<Sequence>& sequences) {
  std::set<uint64_t> out;
  for (const Sequence& sequence : sequences) out.insert(sequence.begin);
  return out;
}

class ValidationSplits : public ::testing::Test {
 protected:
  // Of all sequences, each in exactly one of the two.
  void ExpectWhole(const ValidationSplit& split) const {
    std::set<uint64_t> both = Begins(split.fit);
    for (uint64_t begin : Begins(split.validate)) EXPECT_TRUE(both.insert(begin).second) << begin;
    EXPECT_EQ(both, Begins(dataset_->Sequences(Split::kTrain)));
  }

  const TempDir dir_;
  const std::unique_ptr<Dataset> dataset_ =
      MakeDataset(dir_.File("data"), AnyFlows(600, 6, 8, true), "hours=odd");
};

TEST_F(ValidationSplits, KeepBackAboutOneOfSoManyTheSameOnesForASeed) {
  const ValidationSplit split = SplitForValidation(*dataset_, 1, 3).value();
  ExpectWhole(split);
  ASSERT_EQ(split.fit.size() + split.validate.size(), 24);
  EXPECT_GT(split.validate.size(), 1);
  EXPECT_LT(split.validate.size(), 18);
  EXPECT_EQ(Begins(SplitForValidation(*dataset_, 1, 3)->validate), Begins(split.validate));
  EXPECT_NE(Begins(SplitForValidation(*dataset_, 2, 3)->validate), Begins(split.validate));
}

TEST_F(ValidationSplits, LeaveOneToFitWhereAllAreDrawnToBeKeptBack) {
  const ValidationSplit split = SplitForValidation(*dataset_, 1, 1).value();
  ExpectWhole(split);
  EXPECT_EQ(split.fit.size(), 1);
}

TEST_F(ValidationSplits, KeepOneBackWhereNoneIsDrawn) {
  const ValidationSplit split =
      SplitForValidation(*dataset_, 1, std::numeric_limits<uint64_t>::max()).value();
  ExpectWhole(split);
  EXPECT_EQ(split.validate.size(), 1);
}

TEST_F(ValidationSplits, OfALoneSequenceHaveItTwice) {
  const auto lone = MakeDataset(dir_.File("lone"), AnyFlows(20, 1, 1, true), "none");
  for (const uint64_t one_in : {1, 1000000}) {
    const ValidationSplit split = SplitForValidation(*lone, 1, one_in).value();
    EXPECT_EQ(split.fit.size(), 1) << one_in;
    EXPECT_EQ(Begins(split.fit), Begins(split.validate)) << one_in;
  }
}

}  // namespace
}  // namespace stanflow
