#ifndef STANFLOW_CORE_GENERATE_ROW_PRODUCT_KERNEL_H_
#define STANFLOW_CORE_GENERATE_ROW_PRODUCT_KERNEL_H_

#include <cstdint>
#include <memory>

namespace stanflow {

// A matrix [k, n] of floats in the order in which MultiplyRows reads it: panels of 16 columns, the last one
// filled up with zeros. Immutable, so that any number of threads may read; copies share the memory.
class PackedMatrix {
 public:
  static constexpr int64_t kPanel = 16;

  PackedMatrix() = default;
  // `values` is row-major and is copied.
  PackedMatrix(const float* values, int64_t k, int64_t n);

  int64_t k() const { return k_; }
  int64_t n() const { return n_; }
  const float* panel(int64_t p) const { return values_.get() + p * k_ * kPanel; }

 private:
  int64_t k_ = 0, n_ = 0;
  std::shared_ptr<const float[]> values_;
};

// y[r] += x[r] * matrix for r in [0, rows): x [rows, k], y [rows, n], the strides in floats. Every number of y
// is summed over k in order, by fused multiply-adds where the machine has them, whatever `rows` and r are: a row's
// result depends on that row alone, to the bit. (BLAS libraries sum in an order that depends on a row's place and
// on the number of rows.) Runs on the calling thread, with the widest vectors that the machine has.
void MultiplyRows(const PackedMatrix& matrix, const float* x, int64_t x_stride, int64_t rows, float* y,
                  int64_t y_stride);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_ROW_PRODUCT_KERNEL_H_
