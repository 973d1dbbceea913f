#include <cmath>
#include <cstring>
#include <vector>

#include "core/generate/row_product_kernel.h"
#include "gtest/gtest.h"

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
constexpr Shape kShapes[] = {{6, 440}, {120, 40}, {40, 96}, {64, 96}, {96, 53}, {96, 628}, {512, 30}, {1, 1}, {3, 17}};

TEST(MultiplyRows, AddsTheProductToWhatIsThere) {
  for (const auto [k, n] : kShapes) {
    const int64_t rows = 13, x_stride = k + 3, y_stride = n + 5;
    const std::vector<float> w = Wave(k * n, 0.7311), x = Wave(rows * x_stride, 1.37);
    std::vector<float> y = Wave(rows * y_stride, 0.213);
    const std::vector<float> before = y;
    MultiplyRows(PackedMatrix(w.data(), k, n), x.data(), x_stride, rows, y.data(), y_stride);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < y_stride; ++c) {
        double expected = before[r * y_stride + c];
        for (int64_t i = 0; c < n && i < k; ++i) {
          expected += static_cast<double>(x[r * x_stride + i]) * static_cast<double>(w[i * n + c]);
        }
        // Columns beyond the matrix stay as they are.
        ASSERT_NEAR(y[r * y_stride + c], expected, c < n ? 2e-6 * std::sqrt(static_cast<double>(k)) : 0)
            << k << " x " << n << ", row " << r << ", column " << c;
      }
    }
  }
}

TEST(MultiplyRows, GivesARowTheSameBitsAloneAndAtEveryPlaceAmongOthers) {
  for (const auto [k, n] : kShapes) {
    const int64_t rows = 64;
    const PackedMatrix matrix(Wave(k * n, 0.7311).data(), k, n);
    const std::vector<float> x = Wave(rows * k, 1.37);
    for (const int64_t together : {2, 5, 6, 7, 16, 63, 64}) {
      std::vector<float> y(together * n);
      MultiplyRows(matrix, x.data(), k, together, y.data(), n);
      for (int64_t r = 0; r < together; ++r) {
        std::vector<float> alone(n);
        MultiplyRows(matrix, x.data() + r * k, k, 1, alone.data(), n);
        ASSERT_EQ(std::memcmp(alone.data(), y.data() + r * n, sizeof(float) * n), 0)
            << k << " x " << n << ", row " << r << " of " << together;
      }
    }
  }
}

}  // namespace
}  // namespace stanflow
