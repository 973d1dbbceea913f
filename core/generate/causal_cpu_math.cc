#include "core/generate/causal_cpu_math.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/generate/row_kernels.h"
#include "core/model/row_encoder.h"

namespace stanflow {
namespace {

constexpr int kLayers = static_cast<int>(kDilations.size());

// Rows [first, first + k) of a matrix.
PackedMatrix Pack(const at::Tensor& weight, int64_t first, int64_t k, const at::Tensor& bias) {
  return {weight.data_ptr<float>() + first * weight.size(1),
          bias.defined() ? bias.data_ptr<float>() : nullptr, k, weight.size(1)};
}
PackedMatrix Pack(const at::Tensor& weight, const at::Tensor& bias) {
  return Pack(weight, 0, weight.size(0), bias);
}

struct PackedWeights {
  struct Head {
    int64_t net = 0;
    PackedMatrix of_trunk, of_state, out;  // the first has the hidden units' bias
  };
  struct Conv {
    PackedMatrix oldest, middle, own;  // the first has the bias
  };

  CausalShape shape;
  at::Tensor row_table, state_table;
  const float *row_embedding, *state_embedding;  // in the tables: [vocabulary, N * W], [vocabulary, N * S]
  PackedMatrix numbers, clock;
  std::array<std::vector<Conv>, kLayers> conv;  // one a net
  std::vector<PackedMatrix> trunk;              // one a net
  std::vector<Head> heads;

  explicit PackedWeights(const CausalWeights& w)
      : shape(w.shape),
        row_table(w.row_embedding),
        state_table(w.state_embedding),
        row_embedding(row_table.data_ptr<float>()),
        state_embedding(state_table.data_ptr<float>()),
        numbers(Pack(w.numbers.weight, w.numbers.bias)),
        clock(Pack(w.clock, at::Tensor())) {
    const at::Tensor none;
    for (int64_t net = 0; net < shape.nets; ++net) {
      for (int l = 0; l < kLayers; ++l) {
        const at::Tensor weight = w.conv[l].weight[net];
        conv[l].push_back({Pack(weight, 0, shape.width, w.conv[l].bias[net]),
                           Pack(weight, shape.width, shape.width, none),
                           Pack(weight, 2 * shape.width, shape.width, none)});
      }
      trunk.push_back(Pack(w.trunk.weight[net], w.trunk.bias[net]));
    }
    for (const CausalWeights::Head& head : w.heads) {
      heads.push_back({head.net, Pack(head.hidden.weight, 0, shape.width, head.hidden.bias),
                       Pack(head.hidden.weight, shape.width, shape.state, none),
                       Pack(head.out.weight, head.out.bias)});
    }
  }
};

// A row of floats for each context, filled up to whole panels.
class RowBuffer {
 public:
  explicit RowBuffer(int64_t columns)
      : stride_(PaddedColumns(columns)), values_(static_cast<size_t>(stride_ * CausalStep::kTileRows)) {}

  float* data() { return values_.data(); }
  float* row(size_t r) { return values_.data() + static_cast<int64_t>(r) * stride_; }
  int64_t stride() const { return stride_; }

 private:
  int64_t stride_;
  std::vector<float> values_;
};

int64_t MostColumns(const PackedWeights& weights, PackedMatrix PackedWeights::Head::*layer) {
  int64_t most = 0;
  for (const auto& head : weights.heads) most = std::max(most, (head.*layer).n());
  return most;
}

class CpuStep final : public CausalStep {
 public:
  explicit CpuStep(const PackedWeights* weights)
      : w_(*weights),
        channels_(w_.shape.channels()),
        state_(w_.shape.nets * w_.shape.state),
        hidden_(MostColumns(w_, &PackedWeights::Head::of_trunk)),
        out_(MostColumns(w_, &PackedWeights::Head::out)),
        x_(channels_),
        y_(w_.shape.width) {}

  void Begin(absl::Span<NetContext* const> contexts, absl::Span<const float> clocks) override {
    contexts_ = contexts;
    for (size_t i = 0; i < contexts.size(); ++i) in_[i] = clocks.data() + 2 * i;
    Multiply(w_.clock, Onto::kBias, &state_);
  }

  Rows Parameters(size_t o) override {
    const PackedWeights::Head& head = w_.heads[o];
    for (size_t i = 0; i < contexts_.size(); ++i) in_[i] = contexts_[i]->memory() + head.net * w_.shape.width;
    Multiply(head.of_trunk, Onto::kBias, &hidden_);
    for (size_t i = 0; i < contexts_.size(); ++i) in_[i] = state_.row(i) + head.net * w_.shape.state;
    Multiply(head.of_state, Onto::kResult, &hidden_);
    for (size_t i = 0; i < contexts_.size(); ++i) {
      Rectify(head.of_state.n(), hidden_.row(i));
      in_[i] = hidden_.row(i);
    }
    Multiply(head.out, Onto::kBias, &out_);
    for (size_t i = 0; i < contexts_.size(); ++i) Softmax(head.out.n(), out_.row(i));
    return {out_.data(), out_.stride()};
  }

  void See(size_t o, absl::Span<const int64_t> index) override {
    if (o + 1 == w_.heads.size()) return;
    // Only the nets that are still to come look at it.
    const int64_t first = w_.heads[o + 1].net * w_.shape.state, size = w_.shape.nets * w_.shape.state;
    for (size_t i = 0; i < index.size(); ++i) {
      const float* const seen = w_.state_embedding + index[i] * size + first;
      AddTerms(&seen, 1, size - first, state_.row(i) + first);
    }
  }

  void Advance(absl::Span<const int64_t> index, absl::Span<const float> numbers) override {
    EmbedRows(index, numbers);
    for (int l = 0; l < kLayers; ++l) {
      for (size_t i = 0; i < contexts_.size(); ++i) {
        oldest_[i] = w_.shape.OldestInput(contexts_[i], l);
        middle_[i] = w_.shape.MiddleInput(contexts_[i], l);
      }
      for (int64_t net = 0; net < w_.shape.nets; ++net) StepConv(l, net);
    }
    const int64_t width = w_.shape.width;
    for (int64_t net = 0; net < w_.shape.nets; ++net) {
      for (size_t i = 0; i < contexts_.size(); ++i) in_[i] = x_.row(i) + net * width;
      Multiply(w_.trunk[net], Onto::kBias, &y_);
      for (size_t i = 0; i < contexts_.size(); ++i) {
        std::copy_n(y_.row(i), width, contexts_[i]->memory() + net * width);
      }
    }
  }

 private:
  void Multiply(const PackedMatrix& matrix, Onto onto, RowBuffer* y) {
    MultiplyRows(matrix, onto, in_.data(), static_cast<int64_t>(contexts_.size()), y->data(), y->stride());
  }

  // x_: the rows as the trunks take them in.
  void EmbedRows(absl::Span<const int64_t> index, absl::Span<const float> numbers) {
    for (size_t i = 0; i < contexts_.size(); ++i) in_[i] = numbers.data() + i * kRowNumbers;
    Multiply(w_.numbers, Onto::kBias, &x_);
    const size_t terms = index.size() / contexts_.size();
    terms_.resize(terms);
    for (size_t i = 0; i < contexts_.size(); ++i) {
      for (size_t t = 0; t < terms; ++t) {
        terms_[t] = w_.row_embedding + index[i * terms + t] * channels_;
      }
      AddTerms(terms_.data(), static_cast<int64_t>(terms), channels_, x_.row(i));
    }
  }

  // x_ += relu(conv) for one net's channels; the ring takes what x_ was.
  void StepConv(int l, int64_t net) {
    const PackedWeights::Conv& conv = w_.conv[l][net];
    const int64_t width = w_.shape.width, first = net * width;
    for (size_t i = 0; i < contexts_.size(); ++i) in_[i] = oldest_[i] + first;
    Multiply(conv.oldest, Onto::kBias, &y_);
    for (size_t i = 0; i < contexts_.size(); ++i) in_[i] = middle_[i] + first;
    Multiply(conv.middle, Onto::kResult, &y_);
    for (size_t i = 0; i < contexts_.size(); ++i) in_[i] = x_.row(i) + first;
    Multiply(conv.own, Onto::kResult, &y_);
    for (size_t i = 0; i < contexts_.size(); ++i) {
      float* const x = x_.row(i) + first;
      std::copy_n(x, width, oldest_[i] + first);
      AddRectified(y_.row(i), width, x);
    }
  }

  const PackedWeights& w_;
  const int64_t channels_;
  absl::Span<NetContext* const> contexts_;
  RowBuffer state_, hidden_, out_, x_, y_;
  std::array<const float*, kTileRows> in_{}, middle_{};  // rows of a product's input
  std::array<float*, kTileRows> oldest_{};
  std::vector<const float*> terms_;
};

class CpuMath final : public CausalMath {
 public:
  explicit CpuMath(const CausalWeights& weights) : weights_(weights) {}
  std::unique_ptr<CausalStep> NewStep() const override { return std::make_unique<CpuStep>(&weights_); }

 private:
  const PackedWeights weights_;
};

}  // namespace

std::unique_ptr<CausalMath> MakeCausalCpuMath(const CausalWeights& weights) {
  return std::make_unique<CpuMath>(weights);
}

}  // namespace stanflow
