#include "core/eval/likelihood.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

// Answers bytes/100 as every attribute's nats.
class BytesScorer : public Scorer {
 public:
  absl::Status Score(absl::Span<const HostRow> rows, absl::Span<RowNats> out) const override {
    for (size_t i = 0; i < rows.size(); ++i) {
      out[i].exact.fill(static_cast<float>(rows[i].bytes) / 100);
      if (rows[i].bytes == broken_bytes) out[i].exact[2] = INFINITY;
      out[i].paper_bytes = 2;
    }
    return absl::OkStatus();
  }
  uint64_t broken_bytes = 0;
};

class LikelihoodOf : public ::testing::Test {
 protected:
  TempDir dir_;
  const std::unique_ptr<Dataset> dataset_ =
      MakeDataset(dir_.File("d"), AnyFlows(500, 6, 6, true), "hours=odd");
  const std::vector<Sequence> contexts_ = dataset_->Sequences(Split::kHoldout);
  BytesScorer scorer_;
};

TEST_F(LikelihoodOf, IsTheMeanOverRowsWithItsErrorOverContexts) {
  const auto got = ScoreLikelihood(scorer_, *dataset_, contexts_, {});
  ASSERT_TRUE(got.ok()) << got.status();
  double sum = 0, rows = 0, squares = 0;
  std::vector<std::pair<double, double>> sums;
  for (const Sequence& context : contexts_) {
    double s = 0;
    for (const HostRow& row : dataset_->HostRows(context)) s += static_cast<float>(row.bytes) / 100;
    sums.emplace_back(s, context.size());
    sum += s;
    rows += context.size();
  }
  const double mean = sum / rows, n = contexts_.size();
  for (const auto& [s, size] : sums) squares += (s - mean * size) * (s - mean * size);
  EXPECT_EQ(got->rows, dataset_->manifest().holdout_rows);
  EXPECT_EQ(got->contexts, contexts_.size());
  EXPECT_NEAR(got->exact[4].mean, mean, 1e-5);
  EXPECT_NEAR(got->exact[4].standard_error, std::sqrt(n / (n - 1) * squares) / rows, 1e-6);
  EXPECT_NEAR(got->exact_per_row.mean, kNumAttributes * mean, 1e-4);
  EXPECT_EQ(got->paper_bytes.mean, 2);
  EXPECT_EQ(got->paper_bytes.standard_error, 0);
}

TEST_F(LikelihoodOf, DoesNotDependOnTheNumberOfThreads) {
  LikelihoodOptions three;
  three.threads = 3;
  const auto a = ScoreLikelihood(scorer_, *dataset_, contexts_, {}),
             b = ScoreLikelihood(scorer_, *dataset_, contexts_, three);
  EXPECT_EQ(a->exact_per_row.mean, b->exact_per_row.mean);
  EXPECT_EQ(a->exact_per_row.standard_error, b->exact_per_row.standard_error);
}

TEST_F(LikelihoodOf, ALimitTakesWholeContextsByTheSeedAndNotMoreRows) {
  LikelihoodOptions options;
  options.max_rows = 80;
  const auto rows_of = [](const std::vector<Sequence>& contexts) {
    uint64_t rows = 0;
    for (const Sequence& c : contexts) rows += c.size();
    return rows;
  };
  const std::vector<Sequence> chosen = ChooseContexts(contexts_, options);
  EXPECT_LE(rows_of(chosen), 80);
  EXPECT_GT(rows_of(chosen), 30);
  for (const Sequence& c : chosen) {
    EXPECT_TRUE(std::any_of(contexts_.begin(), contexts_.end(),
                            [&](const Sequence& all) { return all.begin == c.begin && all.end == c.end; }));
  }
  options.seed = 2;
  EXPECT_NE(
      ChooseContexts(contexts_, options).front().begin + ChooseContexts(contexts_, options).back().begin,
      chosen.front().begin + chosen.back().begin);
  options.max_rows = 1;
  EXPECT_EQ(ChooseContexts(contexts_, options).size(), 1);
}

TEST_F(LikelihoodOf, AScoreThatIsNotFiniteIsAnErrorThatNamesAttributeAndHost) {
  scorer_.broken_bytes = dataset_->HostRows(contexts_[3])[0].bytes;
  const absl::Status status = ScoreLikelihood(scorer_, *dataset_, contexts_, {}).status();
  EXPECT_TRUE(absl::IsInternal(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("protocol is not finite in the context of host 10.1.0."));
}

TEST_F(LikelihoodOf, StopsWhenAsked) {
  LikelihoodOptions options;
  options.stop_requested = [] { return true; };
  EXPECT_TRUE(absl::IsCancelled(ScoreLikelihood(scorer_, *dataset_, contexts_, options).status()));
}

}  // namespace
}  // namespace stanflow
