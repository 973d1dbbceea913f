#include "core/model/paper_net.h"

#include <ATen/ATen.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

namespace stanflow {
namespace {

constexpr int kHour = 0, kDelta = 1, kBytes = 2, kPackets = 3, kDuration = 4, kLocalPort = 5, kRemotePort = 6,
              kOctets = 7, kDirection = 11, kProtocol = 13;
constexpr int kFeatures = 512;

// First column and number of columns of an output in a window's row; none for what is not modelled.
std::pair<int, int> ColumnsOf(const Output& output) {
  switch (output.attribute) {
    case Attribute::kTimeDelta:
      return {kDelta, 1};
    case Attribute::kDirection:
      return {kDirection, 2};
    case Attribute::kProtocol:
      return {kProtocol, 3};
    case Attribute::kRemoteAddress:
      return {kOctets + output.octet, 1};
    case Attribute::kLocalPort:
      return {kLocalPort, 1};
    case Attribute::kRemotePort:
      return {kRemotePort, 1};
    case Attribute::kPackets:
      return {kPackets, 1};
    case Attribute::kBytes:
      return {kBytes, 1};
    case Attribute::kDuration:
      return {kDuration, 1};
    case Attribute::kTcpFlags:
    case Attribute::kTos:
      return {0, 0};
  }
  return {0, 0};
}

torch::nn::Conv2d Conv(int in, int out) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 3).padding(1));
}

}  // namespace

void PaperColumns(const HostRow& row, float* c) {
  std::fill(c, c + kWindowColumns, 0.0f);
  const int64_t before_ms = row.end_ms - int64_t{1000} * row.time_delta_s;
  c[kHour] = static_cast<float>((before_ms / 3'600'000) % 24) / 23.0f;
  c[kDelta] = static_cast<float>(row.time_delta_s) / 1430.0f;
  c[kBytes] = static_cast<float>(std::log(static_cast<double>(std::max<uint64_t>(row.bytes, 1))) / 20.129);
  c[kPackets] = static_cast<float>(std::log(static_cast<double>(std::max<uint64_t>(row.packets, 1))) / 12.83);
  c[kDuration] = static_cast<float>(row.duration_ms) / 363000.0f;
  c[kLocalPort] = static_cast<float>(row.local_port) / 65535.0f;
  c[kRemotePort] = static_cast<float>(row.remote_port) / 65535.0f;
  for (int i = 0; i < 4; ++i)
    c[kOctets + i] = static_cast<float>(row.remote_address >> (24 - 8 * i) & 255) / 255.0f;
  c[kDirection + (row.direction & 1)] = 1;
  c[kProtocol + (row.protocol == 6 ? 0 : row.protocol == 17 ? 1 : 2)] = 1;
}

std::vector<float> PaperMask(const OutputSet& set, int output, Mask mask) {
  std::vector<float> seen(kWindowRows * kWindowColumns, 1.0f);
  float* current = seen.data() + (kWindowRows - 1) * kWindowColumns;
  std::fill(current, current + kWindowColumns, 0.0f);
  if (mask == Mask::kA) return seen;
  current[kHour] = 1;
  for (int o = 0; o < output; ++o) {
    const auto [first, count] = ColumnsOf(set.outputs[o]);
    std::fill(current + first, current + first + count, 1.0f);
  }
  return seen;
}

at::Tensor MakeWindows(absl::Span<const HostRow> rows, size_t first) {
  const size_t n = rows.size();
  std::vector<float> columns(n * kWindowColumns);
  for (size_t i = 0; i < n; ++i) PaperColumns(rows[i], columns.data() + i * kWindowColumns);
  at::Tensor windows = at::zeros({static_cast<int64_t>(n - first), kWindowRows, kWindowColumns});
  float* out = windows.data_ptr<float>();
  for (size_t i = first; i < n; ++i) {
    const size_t have = std::min<size_t>(i + 1, kWindowRows);
    std::copy(columns.begin() + (i + 1 - have) * kWindowColumns, columns.begin() + (i + 1) * kWindowColumns,
              out + (kWindowRows - have) * kWindowColumns);
    out += kWindowRows * kWindowColumns;
  }
  return windows;
}

PaperNet::PaperNet(std::string name, const OutputSet& set, int output, Mask mask, uint64_t seed)
    : AttributeNet(std::move(name), set, output, 1),
      conv1_((torch::manual_seed(seed), Conv(1, 64))),
      conv2_(Conv(64, 64)),
      conv3_(Conv(64, 128)),
      conv4_(Conv(128, 128)),
      norm1_(64),
      norm2_(64),
      norm3_(128),
      norm4_(128) {
  register_module("conv1", conv1_);
  register_module("norm1", norm1_);
  register_module("conv2", conv2_);
  register_module("norm2", norm2_);
  register_module("conv3", conv3_);
  register_module("norm3", norm3_);
  register_module("conv4", conv4_);
  register_module("norm4", norm4_);
  if (set.outputs[output].head == HeadKind::kMixture) {
    for (const char* layer : {"weights", "means", "log_deviations"}) {
      heads_.push_back(register_module(layer, torch::nn::Linear(kFeatures, kMixtureComponents)));
    }
  } else {
    heads_.push_back(
        register_module("logits", torch::nn::Linear(kFeatures, set.outputs[output].classes->num_classes())));
  }
  mask_ =
      at::tensor(at::ArrayRef<float>(PaperMask(set, output, mask))).reshape({1, kWindowRows, kWindowColumns});
}

at::Tensor PaperNet::Features(const at::Tensor& windows) {
  at::Tensor x = (windows * mask_.to(windows.device())).unsqueeze(1);
  x = at::relu(norm1_(conv1_(x)));
  x = at::max_pool2d(at::relu(norm2_(conv2_(x))), {2, 2});
  x = at::relu(norm3_(conv3_(x)));
  x = at::max_pool2d(at::relu(norm4_(conv4_(x))), {2, 2});
  return x.reshape({x.size(0), kFeatures});
}

std::vector<at::Tensor> PaperNet::Forward(const RowBatch& batch) {
  const at::Tensor x = Features(batch.windows);
  std::vector<at::Tensor> parts;
  for (auto& head : heads_) parts.push_back(head(x));
  return {at::cat(parts, 1)};
}

at::Tensor PaperNet::HeadWeight() const {
  std::vector<at::Tensor> parts;
  for (const auto& head : heads_) parts.push_back(head->weight.detach().t());
  return at::cat(parts, 1);
}

at::Tensor PaperNet::HeadBias() const {
  std::vector<at::Tensor> parts;
  for (const auto& head : heads_) parts.push_back(head->bias.detach());
  return at::cat(parts, 0);
}

}  // namespace stanflow
