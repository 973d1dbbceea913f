#ifndef STANFLOW_CORE_MODEL_NAIVE_STAN_H_
#define STANFLOW_CORE_MODEL_NAIVE_STAN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model/options.h"

namespace stanflow {

// Real-valued columns of equal length; rows follow each other in time.
using Columns = std::vector<std::vector<double>>;

struct NaiveStanOptions {
  Mask mask = Mask::kB;
  uint64_t seed = 1;
  int epochs = 60;       // passes; the rate falls to 0 over them as a cosine
  int batch_rows = 512;  // as the paper's
  double learning_rate = 1e-2;
};

// The "naive" STAN of section 5.1: no convolutions, the input goes straight into a mixture density
// layer a column (three parallel linear layers, K = 10, equation 6). A column's input is the row
// before and, under mask B, the row's own earlier columns; all are standardised by the training
// rows' mean and deviation. Immutable once trained: safe to use concurrently.
class NaiveStan {
 public:
  // INVALID_ARGUMENT unless there are two rows and more, all finite; INTERNAL where training diverges. The
  // same rows and options give the same model on the same CPU. Safe to call concurrently: it computes on the
  // calling thread alone, with random numbers of its own.
  static absl::StatusOr<NaiveStan> Train(const Columns& rows, const NaiveStanOptions& options);

  // `count` rows from a first row of means on, which is not among them.
  Columns Generate(uint64_t seed, size_t count) const;

 private:
  // One column's layers, [K][inputs], and biases.
  struct Layer {
    std::vector<double> weights, bias;  // [3 K][inputs] and [3 K]: logits, means, ln deviations
  };
  NaiveStan() = default;

  std::vector<double> mean_, deviation_;  // a column
  std::vector<Layer> layers_;             // a column
  Mask mask_ = Mask::kB;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_NAIVE_STAN_H_
