#include "core/generate/row_kernels.h"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "hwy/targets.h"

namespace stanflow {
namespace {

std::vector<float> Wave(size_t n, double step) {
  std::vector<float> values(n);
  for (size_t i = 0; i < n; ++i) values[i] = static_cast<float>(std::sin(step * static_cast<double>(i + 1)));
  return values;
}

struct Shape {
  int64_t k, n;
};
// Those of the nets, and some that fill no panel.
constexpr Shape kShapes[] = {{6, 440},  {120, 40}, {40, 96}, {64, 96}, {96, 53},
                             {96, 628}, {512, 30}, {1, 1},   {3, 17}};

// Once for each instruction set that the kernels are compiled for and this machine has.
class RowKernels : public ::testing::TestWithParam<int64_t> {
 protected:
  void SetUp() override { Use(GetParam()); }
  void TearDown() override { Use(0); }

 private:
  static void Use(int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

std::vector<const float*> RowsOf(const std::vector<float>& x, int64_t stride) {
  std::vector<const float*> rows;
  for (size_t at = 0; at + stride <= x.size(); at += stride) rows.push_back(x.data() + at);
  return rows;
}

TEST_P(RowKernels, AddTheProductToTheBiasOrToWhatIsThere) {
  for (const auto [k, n] : kShapes) {
    const int64_t rows = 13, x_stride = k + 3, y_stride = PaddedColumns(n) + 16;
    const std::vector<float> w = Wave(k * n, 0.7311), bias = Wave(n, 0.91), x = Wave(rows * x_stride, 1.37);
    const std::vector<float> before = Wave(rows * y_stride, 0.213);
    for (const Onto onto : {Onto::kBias, Onto::kResult}) {
      std::vector<float> y = before;
      MultiplyRows(PackedMatrix(w.data(), bias.data(), k, n), onto, RowsOf(x, x_stride).data(), rows,
                   y.data(), y_stride);
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t c = 0; c < n; ++c) {
          double expected = onto == Onto::kBias ? bias[c] : before[r * y_stride + c];
          for (int64_t i = 0; i < k; ++i) {
            expected += static_cast<double>(x[r * x_stride + i]) * static_cast<double>(w[i * n + c]);
          }
          ASSERT_NEAR(y[r * y_stride + c], expected, 2e-6 * std::sqrt(static_cast<double>(k)))
              << k << " x " << n << ", row " << r << ", column " << c;
        }
        for (int64_t c = PaddedColumns(n); c < y_stride; ++c) {
          ASSERT_EQ(y[r * y_stride + c], before[r * y_stride + c]) << "beyond the panels, column " << c;
        }
      }
    }
  }
}

TEST_P(RowKernels, GiveARowTheSameBitsAloneAndAtEveryPlaceAmongOthers) {
  for (const auto [k, n] : kShapes) {
    const int64_t rows = 64, stride = PaddedColumns(n);
    const PackedMatrix matrix(Wave(k * n, 0.7311).data(), Wave(n, 0.91).data(), k, n);
    const std::vector<float> x = Wave(rows * k, 1.37);
    const std::vector<const float*> in = RowsOf(x, k);
    for (const int64_t together : {2, 3, 5, 6, 7, 16, 63, 64}) {
      std::vector<float> y(together * stride);
      MultiplyRows(matrix, Onto::kBias, in.data(), together, y.data(), stride);
      MultiplyRows(matrix, Onto::kResult, in.data(), together, y.data(), stride);
      for (int64_t r = 0; r < together; ++r) {
        std::vector<float> alone(stride);
        MultiplyRows(matrix, Onto::kBias, &in[r], 1, alone.data(), stride);
        MultiplyRows(matrix, Onto::kResult, &in[r], 1, alone.data(), stride);
        ASSERT_EQ(std::memcmp(alone.data(), y.data() + r * stride, sizeof(float) * n), 0)
            << k << " x " << n << ", row " << r << " of " << together;
      }
    }
  }
}

TEST_P(RowKernels, AddEveryTermToTheRow) {
  for (const int64_t n : {1, 16, 37, 440}) {
    const std::vector<float> terms = Wave(3 * n, 0.7311), before = Wave(n, 1.37);
    std::vector<float> y = before;
    AddTerms(RowsOf(terms, n).data(), 3, n, y.data());
    for (int64_t i = 0; i < n; ++i) {
      ASSERT_NEAR(y[i], before[i] + terms[i] + terms[n + i] + terms[2 * n + i], 1e-6) << i << " of " << n;
    }
  }
}

TEST_P(RowKernels, KeepWhatIsPositive) {
  const int64_t n = 37;
  const std::vector<float> x = Wave(n, 0.7311), before = Wave(n, 1.37);
  std::vector<float> y = x, sum = before;
  Rectify(n, y.data());
  AddRectified(x.data(), n, sum.data());
  for (int64_t i = 0; i < n; ++i) {
    ASSERT_EQ(y[i], x[i] > 0 ? x[i] : 0) << i;
    ASSERT_EQ(sum[i], before[i] + y[i]) << i;
  }
}

TEST_P(RowKernels, TurnLogitsIntoTheProbabilitiesOfTheDefinition) {
  for (const int64_t n : {1, 2, 16, 53, 1670}) {
    std::vector<float> x(PaddedColumns(n), 7.0f);
    double sum = 0;
    for (int64_t i = 0; i < n; ++i) {
      x[i] = static_cast<float>(300 + 40 * std::sin(0.7311 * static_cast<double>(i + 1)));
      sum += std::exp(static_cast<double>(x[i]) - 340);
    }
    const std::vector<float> logits = x;
    Softmax(n, x.data());
    for (int64_t i = 0; i < n; ++i) {
      const double expected = std::exp(static_cast<double>(logits[i]) - 340) / sum;
      ASSERT_NEAR(x[i], expected, 2e-6 * expected + 1e-37) << i << " of " << n;
    }
    for (size_t i = n; i < x.size(); ++i) ASSERT_EQ(x[i], 0) << "beyond the last class";
  }
}

TEST_P(RowKernels, GiveNoProbabilityToWhatLiesFarBelow) {
  std::vector<float> x = {-2000.0f, -1000.0f, -1090.0f, -1200.0f};
  x.resize(PaddedColumns(4), 3.0f);
  Softmax(4, x.data());
  EXPECT_EQ(x[0], 0);
  EXPECT_EQ(x[1], 1);
  EXPECT_GE(x[2], 0);
  EXPECT_LE(x[2], 1e-38f);
  EXPECT_EQ(x[3], 0);
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, RowKernels,
                         ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& info) { return std::string(hwy::TargetName(info.param)); });

}  // namespace
}  // namespace stanflow
