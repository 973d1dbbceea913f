#ifndef STANFLOW_CORE_GAN_TABLE_ROWS_H_
#define STANFLOW_CORE_GAN_TABLE_ROWS_H_

#include <vector>

#include "core/base/philox.h"
#include "core/gan/condition_sampler.h"
#include "core/gan/table_codec.h"

namespace stanflow {

// What CTGAN draws a table's row by, besides its net: noise and a condition go into the net, a row comes out
// of its raw outputs. All draws are named by a row's key. Immutable; thread-safe.
class TableRows {
 public:
  // `noise` is at most kMaxNoise.
  TableRows(int noise, TableCodec codec, ConditionSampler conditions, ClassFrequency frequency)
      : noise_(noise), codec_(std::move(codec)), conditions_(std::move(conditions)), frequency_(frequency) {}

  static constexpr int kMaxNoise = 256;

  const TableCodec& codec() const { return codec_; }
  const ConditionSampler& conditions() const { return conditions_; }
  // Floats that WriteInput fills.
  int inputs() const { return noise_ + codec_.condition_width(); }
  void WriteInput(const DrawKey& key, float* input) const;
  // One value a column from the net's raw outputs: a scalar is their tanh; a class is drawn by their softmax,
  // which is what the largest one after a Gumbel draw comes to.
  std::vector<double> Draw(const DrawKey& key, const float* raw) const;

 private:
  const int noise_;
  const TableCodec codec_;
  const ConditionSampler conditions_;
  const ClassFrequency frequency_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_TABLE_ROWS_H_
