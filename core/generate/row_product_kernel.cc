#include "core/generate/row_product_kernel.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/generate/row_product_kernel.cc"
// Compiles what follows once for every instruction set.
#include "hwy/aligned_allocator.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace stanflow {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kColumns = PackedMatrix::kPanel;
// With two vectors a row this fills the registers of AVX2 without spilling.
constexpr size_t kBlockRows = 6;

// y[r] += x[r] * panel for R rows and one panel's columns.
template <size_t R>
HWY_INLINE void MultiplyBlock(const float* HWY_RESTRICT panel, int64_t k, const float* HWY_RESTRICT x,
                              int64_t x_stride, float* HWY_RESTRICT y, int64_t y_stride) {
  const hn::CappedTag<float, kColumns> d;
  constexpr size_t kLanes = hn::MaxLanes(d), kVectors = kColumns / kLanes;
  hn::Vec<decltype(d)> sum[R][kVectors];
  for (size_t r = 0; r < R; ++r) {
    for (size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::LoadU(d, y + r * y_stride + v * kLanes);
  }
  for (int64_t i = 0; i < k; ++i, panel += kColumns) {
    hn::Vec<decltype(d)> w[kVectors];
    for (size_t v = 0; v < kVectors; ++v) w[v] = hn::Load(d, panel + v * kLanes);
    for (size_t r = 0; r < R; ++r) {
      const auto x_i = hn::Set(d, x[r * x_stride + i]);
      for (size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(x_i, w[v], sum[r][v]);
    }
  }
  for (size_t r = 0; r < R; ++r) {
    for (size_t v = 0; v < kVectors; ++v) hn::StoreU(sum[r][v], d, y + r * y_stride + v * kLanes);
  }
}

// The same for the `n` columns of a part-filled panel.
template <size_t R>
void MultiplyPart(const float* panel, int64_t k, const float* x, int64_t x_stride, float* y, int64_t y_stride,
                  int64_t n) {
  float whole[R * kColumns] = {};
  for (size_t r = 0; r < R; ++r) std::copy_n(y + r * y_stride, n, whole + r * kColumns);
  MultiplyBlock<R>(panel, k, x, x_stride, whole, kColumns);
  for (size_t r = 0; r < R; ++r) std::copy_n(whole + r * kColumns, n, y + r * y_stride);
}

template <size_t R>
void Multiply(const PackedMatrix& matrix, int64_t p, const float* x, int64_t x_stride, float* y,
              int64_t y_stride) {
  const int64_t first = p * PackedMatrix::kPanel, n = std::min(matrix.n() - first, PackedMatrix::kPanel);
  if (n == PackedMatrix::kPanel) {
    MultiplyBlock<R>(matrix.panel(p), matrix.k(), x, x_stride, y + first, y_stride);
  } else {
    MultiplyPart<R>(matrix.panel(p), matrix.k(), x, x_stride, y + first, y_stride, n);
  }
}

void MultiplyAll(const PackedMatrix& matrix, const float* x, int64_t x_stride, int64_t rows, float* y,
                 int64_t y_stride) {
  // A panel stays in the innermost cache while all rows pass it.
  for (int64_t p = 0; p * PackedMatrix::kPanel < matrix.n(); ++p) {
    int64_t r = 0;
    for (; r + static_cast<int64_t>(kBlockRows) <= rows; r += kBlockRows) {
      Multiply<kBlockRows>(matrix, p, x + r * x_stride, x_stride, y + r * y_stride, y_stride);
    }
    for (; r + 2 <= rows; r += 2) {
      Multiply<2>(matrix, p, x + r * x_stride, x_stride, y + r * y_stride, y_stride);
    }
    if (r < rows) Multiply<1>(matrix, p, x + r * x_stride, x_stride, y + r * y_stride, y_stride);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace stanflow
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace stanflow {

HWY_EXPORT(MultiplyAll);

PackedMatrix::PackedMatrix(const float* values, int64_t k, int64_t n) : k_(k), n_(n) {
  const int64_t panels = (n + kPanel - 1) / kPanel;
  auto packed = hwy::AllocateAligned<float>(std::max<int64_t>(panels * k * kPanel, 1));
  for (int64_t p = 0; p < panels; ++p) {
    for (int64_t i = 0; i < k; ++i) {
      float* const to = packed.get() + (p * k + i) * kPanel;
      const int64_t width = std::min(n - p * kPanel, kPanel);
      std::copy_n(values + i * n + p * kPanel, width, to);
      std::fill(to + width, to + kPanel, 0.0f);
    }
  }
  values_ = std::move(packed);
}

void MultiplyRows(const PackedMatrix& matrix, const float* x, int64_t x_stride, int64_t rows, float* y,
                  int64_t y_stride) {
  HWY_DYNAMIC_DISPATCH(MultiplyAll)(matrix, x, x_stride, rows, y, y_stride);
}

}  // namespace stanflow
#endif
