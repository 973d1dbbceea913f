#include "core/generate/causal_torch_math.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/model/row_encoder.h"
#include "core/model/torch_device.h"

namespace stanflow {
namespace {

constexpr int kLayers = static_cast<int>(kDilations.size());
constexpr int64_t kRows = CausalStep::kTileRows;

// On the device. Biases are [1, n] or [N, 1, n], as addmm and baddbmm spread them.
struct DeviceWeights {
  struct Head {
    int64_t net = 0;
    CausalWeights::Linear hidden, out;
  };

  at::Device device;
  CausalShape shape;
  at::Tensor row_embedding, state_embedding, clock;
  CausalWeights::Linear numbers, trunk;
  std::array<CausalWeights::Linear, kLayers> conv;
  std::vector<Head> heads;

  DeviceWeights(const CausalWeights& w, const at::Device& to)
      : device(to),
        shape(w.shape),
        row_embedding(w.row_embedding.to(to)),
        state_embedding(w.state_embedding.to(to)),
        clock(w.clock.to(to)),
        numbers(Put(w.numbers)),
        trunk(Put(w.trunk)) {
    for (int l = 0; l < kLayers; ++l) conv[l] = Put(w.conv[l]);
    for (const CausalWeights::Head& head : w.heads)
      heads.push_back({head.net, Put(head.hidden), Put(head.out)});
  }

  CausalWeights::Linear Put(const CausalWeights::Linear& linear) const {
    return {linear.weight.to(device), linear.bias.unsqueeze(-2).to(device)};
  }
};

at::Tensor Index(absl::Span<const int64_t> index, int64_t places) {
  at::Tensor padded = at::zeros({places}, at::kLong);
  std::copy(index.begin(), index.end(), padded.data_ptr<int64_t>());
  return padded;
}

at::Tensor Numbers(absl::Span<const float> numbers, int64_t columns) {
  at::Tensor padded = at::zeros({kRows, columns});
  std::copy(numbers.begin(), numbers.end(), padded.data_ptr<float>());
  return padded;
}

class TorchStep final : public CausalStep {
 public:
  explicit TorchStep(const DeviceWeights* weights) : w_(*weights) {}

  void Begin(absl::Span<NetContext* const> contexts, absl::Span<const float> clocks) override {
    MakeTorchRepeatable();
    const at::InferenceMode no_grad;
    contexts_ = contexts;
    at::Tensor trunk = at::zeros({kRows, w_.shape.nets, w_.shape.width});
    for (size_t i = 0; i < contexts.size(); ++i) {
      std::copy_n(contexts[i]->memory(), w_.shape.channels(), trunk[i].data_ptr<float>());
    }
    trunk_ = trunk.to(w_.device);
    state_ =
        at::mm(Numbers(clocks, 2).to(w_.device), w_.clock).reshape({kRows, w_.shape.nets, w_.shape.state});
  }

  Rows Parameters(size_t o) override {
    const at::InferenceMode no_grad;
    const DeviceWeights::Head& head = w_.heads[o];
    const at::Tensor seen = at::cat({trunk_.select(1, head.net), state_.select(1, head.net)}, 1);
    const at::Tensor hidden = at::addmm(head.hidden.bias, seen, head.hidden.weight).relu_();
    parameters_ = at::softmax(at::addmm(head.out.bias, hidden, head.out.weight), 1).cpu().contiguous();
    return {parameters_.data_ptr<float>(), parameters_.size(1)};
  }

  void See(size_t, absl::Span<const int64_t> index) override {
    const at::InferenceMode no_grad;
    state_.add_(w_.state_embedding.index_select(0, Index(index, kRows).to(w_.device)).view_as(state_));
  }

  void Advance(absl::Span<const int64_t> index, absl::Span<const float> numbers) override {
    const at::InferenceMode no_grad;
    at::Tensor x = EmbedRows(index, numbers);  // [N, rows, W]
    for (int l = 0; l < kLayers; ++l) {
      const at::Tensor taps = at::cat({ExchangeInputs(l, x).to(w_.device), x}, 2);
      x = x + at::baddbmm(w_.conv[l].bias, taps, w_.conv[l].weight).relu_();
    }
    const at::Tensor next = at::baddbmm(w_.trunk.bias, x, w_.trunk.weight).transpose(0, 1).contiguous().cpu();
    for (size_t i = 0; i < contexts_.size(); ++i) {
      std::copy_n(next[i].data_ptr<float>(), w_.shape.channels(), contexts_[i]->memory());
    }
  }

 private:
  at::Tensor EmbedRows(absl::Span<const int64_t> index, absl::Span<const float> numbers) const {
    const auto terms = static_cast<int64_t>(index.size() / contexts_.size());
    const at::Tensor rows = Index(index, kRows * terms).to(w_.device);
    const at::Tensor bags = at::arange(0, rows.numel(), terms, rows.options());
    const at::Tensor x =
        std::get<0>(at::embedding_bag(w_.row_embedding, rows, bags)) +
        at::addmm(w_.numbers.bias, Numbers(numbers, kRowNumbers).to(w_.device), w_.numbers.weight);
    return x.reshape({kRows, w_.shape.nets, w_.shape.width}).transpose(0, 1).contiguous();
  }

  // The layer's two earlier inputs [N, rows, 2W], and `x` put into the ring in place of the oldest.
  at::Tensor ExchangeInputs(int l, const at::Tensor& x) const {
    const int64_t width = w_.shape.width;
    at::Tensor earlier = at::zeros({w_.shape.nets, kRows, 2 * width});
    const at::Tensor own = x.cpu();
    for (size_t i = 0; i < contexts_.size(); ++i) {
      float* const oldest = w_.shape.OldestInput(contexts_[i], l);
      const float* const middle = w_.shape.MiddleInput(contexts_[i], l);
      for (int64_t n = 0; n < w_.shape.nets; ++n) {
        const int64_t row = n * kRows + static_cast<int64_t>(i);
        float* const to = earlier.data_ptr<float>() + 2 * width * row;
        std::copy_n(oldest + n * width, width, to);
        std::copy_n(middle + n * width, width, to + width);
        std::copy_n(own.data_ptr<float>() + width * row, width, oldest + n * width);
      }
    }
    return earlier;
  }

  const DeviceWeights& w_;
  absl::Span<NetContext* const> contexts_;
  at::Tensor trunk_, state_, parameters_;
};

class TorchMath final : public CausalMath {
 public:
  TorchMath(const CausalWeights& weights, const at::Device& device) : weights_(weights, device) {}
  std::unique_ptr<CausalStep> NewStep() const override { return std::make_unique<TorchStep>(&weights_); }

 private:
  const DeviceWeights weights_;
};

}  // namespace

std::unique_ptr<CausalMath> MakeCausalTorchMath(const CausalWeights& weights, const at::Device& device) {
  return std::make_unique<TorchMath>(weights, device);
}

}  // namespace stanflow
