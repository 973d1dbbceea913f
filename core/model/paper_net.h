#ifndef STANFLOW_CORE_MODEL_PAPER_NET_H_
#define STANFLOW_CORE_MODEL_PAPER_NET_H_

#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

#include <vector>

#include "absl/types/span.h"
#include "core/model/attribute_net.h"

namespace stanflow {

inline constexpr int kWindowRows = 6;  // 5 previous rows and the current one (k = 5)
inline constexpr int kWindowColumns = 16;

// One row of a window, scaled to about [0, 1] as published: hour, delta, ln bytes, ln packets,
// duration, local port, remote port, four octets, direction (2, one-hot), protocol (3: TCP, UDP, other).
// The hour is that of the clock before the row.
void PaperColumns(const HostRow& row, float* columns);

// 1 where the net of `output` sees the window, 0 where not: [kWindowRows * kWindowColumns].
// Previous rows are always seen; of the current row mask B shows the hour and what is drawn before `output`.
std::vector<float> PaperMask(const OutputSet& outputs, int output, Mask mask);

// Windows of rows[first..]: [n - first, kWindowRows, kWindowColumns]; rows before the first are zeros
// (equation 3).
at::Tensor MakeWindows(absl::Span<const HostRow> rows, size_t first);

// The window CNN of STAN (figure 2) with its head, for one output:
//   64 BN ReLU, 64 BN ReLU, M, 128 BN ReLU, 128 BN ReLU, M; convolutions 3x3 with padding 1,
//   M max pooling 2x2; 6x16 -> 3x8 -> 1x4, times 128 = 512 features; then one fully connected
//   layer to the classes, or three parallel ones to a mixture's weights, means and deviations.
class PaperNet final : public AttributeNet {
 public:
  // Initial weights come from the process-wide generator of LibTorch, seeded here: construct nets one by one.
  PaperNet(std::string name, const OutputSet& outputs, int output, Mask mask, uint64_t seed);

  std::vector<at::Tensor> Forward(const RowBatch& batch) override;

  // Forward in two parts, for who multiplies in a way of its own: Features, [n, 512] of windows
  // [n, kWindowRows, kWindowColumns], times the head's weight [512, width] plus its bias [width].
  at::Tensor Features(const at::Tensor& windows);
  at::Tensor HeadWeight() const;
  at::Tensor HeadBias() const;

 private:
  torch::nn::Conv2d conv1_, conv2_, conv3_, conv4_;
  torch::nn::BatchNorm2d norm1_, norm2_, norm3_, norm4_;
  std::vector<torch::nn::Linear> heads_;
  at::Tensor mask_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_PAPER_NET_H_
