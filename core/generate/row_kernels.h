#ifndef STANFLOW_CORE_GENERATE_ROW_KERNELS_H_
#define STANFLOW_CORE_GENERATE_ROW_KERNELS_H_

#include <cstdint>
#include <memory>
#include <string>

// The loops over numbers that a step on the CPU is made of, compiled once for every instruction set and run
// with the widest vectors that the machine has, on the calling thread. A row's result depends on that row
// alone, to the bit: not on its place, nor on how many rows are computed with it. (BLAS libraries sum in an
// order that depends on both.) Stateless: any number of threads may call.
namespace stanflow {

// Floats that a row of a result takes: `n` filled up to whole panels.
inline constexpr int64_t kPanel = 16;
inline constexpr int64_t PaddedColumns(int64_t n) { return (n + kPanel - 1) / kPanel * kPanel; }

// What the kernels run with on this machine, "avx2" or "avx512" for example: results are the same, to the
// bit, for the same one.
std::string KernelInstructionSet();

// A matrix [k, n] with its bias [n], in the order in which MultiplyRows reads it: panels of 16 columns, the
// last one filled up with zeros. Immutable; copies share the memory.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  // Both are copied; `values` is row-major, `bias` may be null: zeros.
  PackedMatrix(const float* values, const float* bias, int64_t k, int64_t n);

  int64_t k() const { return k_; }
  int64_t n() const { return n_; }
  int64_t num_panels() const { return PaddedColumns(n_) / kPanel; }
  const float* panel(int64_t p) const { return values_.get() + p * k_ * kPanel; }
  const float* bias() const { return values_.get() + k_ * PaddedColumns(n_); }

 private:
  int64_t k_ = 0, n_ = 0;
  std::shared_ptr<const float[]> values_;
};

// What a product is added to.
enum class Onto { kBias, kResult };

// y[r] = (bias or y[r]) + x[r] * matrix for r in [0, rows). x[r] points to k floats; y's rows lie `y_stride`
// >= PaddedColumns(n) floats apart, and what is beyond column n is overwritten. Every number is summed over k
// in order, by fused multiply-adds where the machine has them.
void MultiplyRows(const PackedMatrix& matrix, Onto onto, const float* const* x, int64_t rows, float* y,
                  int64_t y_stride);

// y[i] += terms[0][i] + ... in the order of the terms, for i in [0, n).
void AddTerms(const float* const* terms, int64_t num_terms, int64_t n, float* y);

// y[i] = max(y[i], 0).
void Rectify(int64_t n, float* y);

// y[i] += max(x[i], 0).
void AddRectified(const float* x, int64_t n, float* y);

// Turns n logits into their probabilities, in place. `x` has PaddedColumns(n) floats; those beyond n become
// 0.
void Softmax(int64_t n, float* x);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_ROW_KERNELS_H_
