#include "core/generate/row_kernels.h"

#include <algorithm>
#include <cstddef>
#include <new>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/generate/row_kernels.cc"
#include "hwy/aligned_allocator.h"
// Compiles what follows once for every instruction set; must come before the two after it.
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "hwy/contrib/math/math-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace stanflow {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using PanelTag = hn::CappedTag<float, kPanel>;
constexpr size_t kLanes = hn::MaxLanes(PanelTag()), kVectors = kPanel / kLanes;
// Rows and panels that one block keeps in registers: two vectors a row leave none idle and spill none, on
// AVX2 as on AVX-512. A row on its own hides the latency of its sums behind other panels instead.
constexpr size_t kBlockRows = 6, kBlockPanels = kVectors > 1 ? 1 : 2;
constexpr size_t kFewRows = 2, kFewRowsPanels = kVectors > 1 ? 2 : 4;

// R rows by P panels, of which the first is `p`.
template <size_t R, size_t P>
HWY_INLINE void MultiplyBlock(const PackedMatrix& matrix, Onto onto, int64_t p, const float* const* x,
                              float* y, int64_t y_stride) {
  const PanelTag d;
  constexpr size_t V = P * kVectors;
  const int64_t k = matrix.k(), panel_floats = k * kPanel;
  const float* rows[R];
  hn::Vec<PanelTag> sum[R][V];
  for (size_t r = 0; r < R; ++r) {
    rows[r] = x[r];
    const float* from = onto == Onto::kBias ? matrix.bias() + p * kPanel : y + r * y_stride + p * kPanel;
    for (size_t v = 0; v < V; ++v) sum[r][v] = hn::LoadU(d, from + v * kLanes);
  }
  const float* HWY_RESTRICT panel = matrix.panel(p);
  for (int64_t i = 0; i < k; ++i, panel += kPanel) {
    hn::Vec<PanelTag> w[V];
    for (size_t v = 0; v < V; ++v)
      w[v] = hn::Load(d, panel + v / kVectors * panel_floats + v % kVectors * kLanes);
    for (size_t r = 0; r < R; ++r) {
      const auto x_i = hn::Set(d, rows[r][i]);
      for (size_t v = 0; v < V; ++v) sum[r][v] = hn::MulAdd(x_i, w[v], sum[r][v]);
    }
  }
  for (size_t r = 0; r < R; ++r) {
    for (size_t v = 0; v < V; ++v) hn::StoreU(sum[r][v], d, y + r * y_stride + p * kPanel + v * kLanes);
  }
}

template <size_t P>
void MultiplyPanels(const PackedMatrix& matrix, Onto onto, int64_t p, const float* const* x, int64_t rows,
                    float* y, int64_t y_stride) {
  int64_t r = 0;
  for (; r + static_cast<int64_t>(kBlockRows) <= rows; r += kBlockRows) {
    MultiplyBlock<kBlockRows, P>(matrix, onto, p, x + r, y + r * y_stride, y_stride);
  }
  for (; r + 2 <= rows; r += 2) MultiplyBlock<2, P>(matrix, onto, p, x + r, y + r * y_stride, y_stride);
  if (r < rows) MultiplyBlock<1, P>(matrix, onto, p, x + r, y + r * y_stride, y_stride);
}

void MultiplyAll(const PackedMatrix& matrix, Onto onto, const float* const* x, int64_t rows, float* y,
                 int64_t y_stride) {
  const int64_t panels = matrix.num_panels();
  int64_t p = 0;
  if (rows <= static_cast<int64_t>(kFewRows)) {
    constexpr int64_t kStep = kFewRowsPanels;
    for (; p + kStep <= panels; p += kStep) MultiplyPanels<kStep>(matrix, onto, p, x, rows, y, y_stride);
  } else {
    // The panels stay in the innermost cache while all rows pass them.
    constexpr int64_t kStep = kBlockPanels;
    for (; p + kStep <= panels; p += kStep) MultiplyPanels<kStep>(matrix, onto, p, x, rows, y, y_stride);
  }
  for (; p < panels; ++p) MultiplyPanels<1>(matrix, onto, p, x, rows, y, y_stride);
}

void AddAllTerms(const float* const* terms, int64_t num_terms, int64_t n, float* y) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    auto sum = hn::LoadU(d, y + i);
    for (int64_t t = 0; t < num_terms; ++t) sum = hn::Add(sum, hn::LoadU(d, terms[t] + i));
    hn::StoreU(sum, d, y + i);
  }
  for (; i < n; ++i) {
    for (int64_t t = 0; t < num_terms; ++t) y[i] += terms[t][i];
  }
}

void RectifyAll(int64_t n, float* y) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(hn::Max(hn::LoadU(d, y + i), hn::Zero(d)), d, y + i);
  for (; i < n; ++i) y[i] = std::max(y[i], 0.0f);
}

void AddAllRectified(const float* x, int64_t n, float* y) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    hn::StoreU(hn::Add(hn::LoadU(d, y + i), hn::Max(hn::LoadU(d, x + i), hn::Zero(d))), d, y + i);
  }
  for (; i < n; ++i) y[i] += std::max(x[i], 0.0f);
}

const char* OwnTargetName() { return hwy::TargetName(HWY_TARGET); }

void SoftmaxRow(int64_t n, float* x) {
  const PanelTag d;
  const int64_t padded = PaddedColumns(n);
  std::fill(x + n, x + padded, -1e30f);
  auto most = hn::LoadU(d, x);
  for (int64_t i = kLanes; i < padded; i += kLanes) most = hn::Max(most, hn::LoadU(d, x + i));
  const auto highest = hn::MaxOfLanes(d, most);
  auto sum = hn::Zero(d);
  for (int64_t i = 0; i < padded; i += kLanes) {
    const auto e = hn::Exp(d, hn::Sub(hn::LoadU(d, x + i), highest));
    sum = hn::Add(sum, e);
    hn::StoreU(e, d, x + i);
  }
  const auto scale = hn::Div(hn::Set(d, 1.0f), hn::SumOfLanes(d, sum));
  for (int64_t i = 0; i < padded; i += kLanes) hn::StoreU(hn::Mul(hn::LoadU(d, x + i), scale), d, x + i);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace stanflow
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace stanflow {

HWY_EXPORT(MultiplyAll);
HWY_EXPORT(AddAllTerms);
HWY_EXPORT(RectifyAll);
HWY_EXPORT(AddAllRectified);
HWY_EXPORT(SoftmaxRow);
HWY_EXPORT(OwnTargetName);

std::string KernelInstructionSet() {
  const std::string target = absl::AsciiStrToLower(HWY_DYNAMIC_DISPATCH(OwnTargetName)());
  // Its later extensions change none of the operations used here.
  return absl::StartsWith(target, "avx3") ? "avx512" : target;
}

PackedMatrix::PackedMatrix(const float* values, const float* bias, int64_t k, int64_t n) : k_(k), n_(n) {
  auto packed = hwy::AllocateAligned<float>(std::max<int64_t>((k + 1) * PaddedColumns(n), 1));
  if (packed == nullptr) throw std::bad_alloc();
  for (int64_t p = 0; p < num_panels(); ++p) {
    for (int64_t i = 0; i < k; ++i) {
      float* const to = packed.get() + (p * k + i) * kPanel;
      const int64_t width = std::min(n - p * kPanel, kPanel);
      std::copy_n(values + i * n + p * kPanel, width, to);
      std::fill(to + width, to + kPanel, 0.0f);
    }
  }
  float* const to = packed.get() + k * PaddedColumns(n);
  std::fill(to, to + PaddedColumns(n), 0.0f);
  if (bias != nullptr) std::copy_n(bias, n, to);
  values_ = std::move(packed);
}

void MultiplyRows(const PackedMatrix& matrix, Onto onto, const float* const* x, int64_t rows, float* y,
                  int64_t y_stride) {
  HWY_DYNAMIC_DISPATCH(MultiplyAll)(matrix, onto, x, rows, y, y_stride);
}

void AddTerms(const float* const* terms, int64_t num_terms, int64_t n, float* y) {
  HWY_DYNAMIC_DISPATCH(AddAllTerms)(terms, num_terms, n, y);
}

void Rectify(int64_t n, float* y) { HWY_DYNAMIC_DISPATCH(RectifyAll)(n, y); }

void AddRectified(const float* x, int64_t n, float* y) { HWY_DYNAMIC_DISPATCH(AddAllRectified)(x, n, y); }

void Softmax(int64_t n, float* x) { HWY_DYNAMIC_DISPATCH(SoftmaxRow)(n, x); }

}  // namespace stanflow
#endif
