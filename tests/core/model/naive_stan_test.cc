#include "core/model/naive_stan.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/simulate/two_variable.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

Columns Process(size_t points) {
  TwoVariableSample sample = SimulateTwoVariables(3, points);
  return {std::move(sample.x), std::move(sample.y)};
}

NaiveStan Trained(const NaiveStanOptions& options) {
  return NaiveStan::Train(Process(2000), options).value();
}

TEST(NaiveStan, DrawsTheSameRowsForTheSameSeedsOnly) {
  const NaiveStan model = Trained({});
  EXPECT_EQ(model.Generate(1, 50), model.Generate(1, 50));
  EXPECT_NE(model.Generate(1, 50), model.Generate(2, 50));
  EXPECT_EQ(model.Generate(1, 50), Trained({}).Generate(1, 50));
  NaiveStanOptions other;
  other.seed = 2;
  EXPECT_NE(model.Generate(1, 50), Trained(other).Generate(1, 50));
}

TEST(NaiveStan, KeepsTheColumnsScale) {
  Columns rows = Process(4000);
  for (double& v : rows[0]) v = 1000 + 50 * v;
  const Columns out = NaiveStan::Train(rows, {}).value().Generate(1, 4000);
  double sum = 0;
  for (double v : out[0]) sum += v;
  EXPECT_NEAR(sum / 4000, 1000, 5);
}

TEST(NaiveStan, LearnsAMixtureThatNoNormalIs) {
  // The column jumps between two values, whatever was before.
  Columns rows(1);
  uint64_t state = 9;
  for (int i = 0; i < 4000; ++i) {
    state = state * 48271 % 2147483647;
    rows[0].push_back((state & 64) != 0 ? 10 + 0.1 * static_cast<double>(state % 10) : -10);
  }
  NaiveStanOptions options;
  // All rows a step: what one batch has by chance gives no component a share.
  options.batch_rows = 4000;
  options.epochs = 600;
  options.learning_rate = 0.03;
  const Columns out = NaiveStan::Train(rows, options).value().Generate(1, 2000);
  int high = 0, low = 0;
  for (double v : out[0]) {
    high += v > 5 && v < 15;
    low += v > -15 && v < -5;
  }
  EXPECT_GT(high, 800);
  EXPECT_GT(low, 800);
  EXPECT_GT(high + low, 1990) << "what lies between was never seen";
}

TEST(NaiveStan, RefusesColumnsThatAreNoRows) {
  EXPECT_EQ(NaiveStan::Train({}, {}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(NaiveStan::Train({{1}}, {}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(NaiveStan::Train({{1, 2}, {1}}, {}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(NaiveStan::Train({{1, NAN, 2}}, {}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(NaiveStan, LeavesTheProcessesRandomNumbersAlone) {
  const Columns rows = {{1, 3, 2, 5, 4, 6}, {2, 2, 1, 4, 3, 3}};
  at::manual_seed(5);
  const at::Tensor expected = at::rand({4});
  at::manual_seed(5);
  ASSERT_TRUE(NaiveStan::Train(rows, {}).ok());
  EXPECT_TRUE(at::equal(at::rand({4}), expected));
}

}  // namespace
}  // namespace stanflow
