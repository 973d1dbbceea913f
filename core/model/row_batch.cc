#include <ATen/ATen.h>

#include "core/model/attribute_net.h"

namespace stanflow {
namespace {

at::Tensor Copy(const std::vector<float>& values, at::IntArrayRef shape, const at::Device& device) {
  return at::tensor(at::ArrayRef<float>(values)).reshape(shape).to(device);
}

at::Tensor Copy(const std::vector<int64_t>& values, at::IntArrayRef shape, const at::Device& device) {
  return at::tensor(at::ArrayRef<int64_t>(values)).reshape(shape).to(device);
}

}  // namespace

RowBatch MakeRowBatch(const EncodedRows& rows, const at::Device& device) {
  const int64_t n = rows.num_rows, outputs = rows.num_outputs;
  RowBatch batch;
  batch.rows = n;
  batch.cls = Copy(rows.cls, {n, outputs}, device);
  batch.prefix = Copy(rows.prefix, {n, 1}, device);
  batch.numbers = Copy(rows.numbers, {n, kRowNumbers}, device);
  batch.clock = Copy(rows.clock, {n, 2}, device);
  batch.position = Copy(rows.position, {n}, device);
  const at::Tensor alt = Copy(rows.alt, {n, outputs}, device);
  const at::Tensor log_share = Copy(rows.log_share, {n, outputs}, device);
  const at::Tensor alt_log_share = Copy(rows.alt_log_share, {n, outputs}, device);
  const at::Tensor scaled = Copy(rows.scaled, {n, outputs}, device);
  for (int64_t o = 0; o < outputs; ++o) {
    batch.targets.push_back({batch.cls.select(1, o), alt.select(1, o), log_share.select(1, o),
                             alt_log_share.select(1, o), scaled.select(1, o)});
  }
  return batch;
}

}  // namespace stanflow
