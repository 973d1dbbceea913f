#include "core/model/causal_net.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace stanflow {
namespace {

constexpr double kEmbeddingDeviation = 0.1;
// Hash buckets are shared by strangers: they start out saying nothing.
constexpr double kPrefixDeviation = 0.01;

at::Tensor Linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return at::addmm(bias, x, weight.t());
}

// Rows moved down by `by`; what comes from before the row's sequence is 0.
at::Tensor Shifted(const at::Tensor& x, int64_t by, const at::Tensor& position) {
  const int64_t n = x.size(0);
  if (by >= n) return at::zeros_like(x);
  const at::Tensor moved = at::cat({at::zeros({by, x.size(1)}, x.options()), x.narrow(0, 0, n - by)}, 0);
  return moved * position.ge(by).to(x.dtype()).unsqueeze(1);
}

VisibleState StateVisibleTo(const OutputSet& set, int output, Mask mask) {
  if (mask == Mask::kA) return {};
  VisibleState state{output, false};
  for (int o = 0; o < output; ++o) state.prefix |= set.outputs[o].octet == 1;
  return state;
}

}  // namespace

CausalNet::CausalNet(std::string name, const OutputSet& set, int first, int count, const StanOptions& options,
                     uint64_t seed)
    : AttributeNet(std::move(name), set, first, count), layout_(set), trunk_columns_(TrunkColumns(set)) {
  at::Generator random = at::detail::createCPUGenerator(seed);
  const auto normal = [&](at::IntArrayRef shape, double deviation) {
    return at::empty(shape).normal_(0, deviation, random);
  };
  const auto uniform = [&](at::IntArrayRef shape, int64_t fan_in) {
    const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
    return at::empty(shape).uniform_(-bound, bound, random);
  };
  const int64_t w = options.width, s = options.state, h = options.hidden;
  const auto table = [&](int64_t width) {
    at::Tensor t = normal({layout_.size, width}, kEmbeddingDeviation);
    t.narrow(0, layout_.prefix_offset, kPrefixBuckets).mul_(kPrefixDeviation / kEmbeddingDeviation);
    return t;
  };
  row_embedding_ = register_parameter("row_embedding", table(w));
  numbers_weight_ = register_parameter("numbers_weight", uniform({w, kRowNumbers}, kRowNumbers));
  numbers_bias_ = register_parameter("numbers_bias", at::zeros({w}));
  for (size_t l = 0; l < kDilations.size(); ++l) {
    conv_weight_[l] =
        register_parameter(absl::StrCat("conv", l, "_weight"), uniform({kTaps * w, w}, kTaps * w));
    conv_bias_[l] = register_parameter(absl::StrCat("conv", l, "_bias"), at::zeros({w}));
  }
  trunk_weight_ = register_parameter("trunk_weight", uniform({w, w}, w));
  trunk_bias_ = register_parameter("trunk_bias", at::zeros({w}));
  start_ = register_parameter("start", at::zeros({w}));
  state_embedding_ = register_parameter("state_embedding", table(s));
  clock_weight_ = register_parameter("clock_weight", uniform({s, 2}, 2));
  for (int i = 0; i < count; ++i) {
    const Output& output = set.outputs[first + i];
    const std::string prefix = absl::StrCat("head", i, "_");
    HeadLayers head;
    head.hidden_weight = register_parameter(prefix + "hidden_weight", uniform({h, w + s}, w + s));
    head.hidden_bias = register_parameter(prefix + "hidden_bias", at::zeros({h}));
    head.out_weight =
        register_parameter(prefix + "out_weight", uniform({output.classes->num_classes(), h}, h));
    // From the marginals on: the first steps need not find out what is frequent.
    head.out_bias =
        register_parameter(prefix + "out_bias", at::tensor(at::ArrayRef<float>(output.log_marginal)));
    heads_.push_back(head);
    visible_.push_back(StateVisibleTo(set, first + i, options.mask));
  }
}

bool CausalNet::IsEmbedding(const std::string& parameter) const {
  return absl::EndsWith(parameter, "_embedding");
}

at::Tensor CausalNet::Trunk(const RowBatch& batch) const {
  const at::Tensor offsets = at::tensor(at::ArrayRef<int64_t>(layout_.offsets)).to(batch.cls.device());
  const at::Tensor columns = at::tensor(at::ArrayRef<int64_t>(trunk_columns_)).to(batch.cls.device());
  const at::Tensor index =
      at::cat({(batch.cls + offsets).index_select(1, columns), batch.prefix + layout_.prefix_offset}, 1);
  at::Tensor x = std::get<0>(at::embedding_bag(row_embedding_, index.reshape({-1}),
                                               at::arange(0, index.numel(), index.size(1), index.options())));
  x = x + Linear(batch.numbers, numbers_weight_, numbers_bias_);
  for (size_t l = 0; l < kDilations.size(); ++l) {
    const int64_t d = kDilations[l];
    const at::Tensor taps = at::cat({Shifted(x, 2 * d, batch.position), Shifted(x, d, batch.position), x}, 1);
    x = x + at::relu(at::addmm(conv_bias_[l], taps, conv_weight_[l]));
  }
  const at::Tensor after = Linear(x, trunk_weight_, trunk_bias_);
  return at::where(batch.position.eq(0).unsqueeze(1), start_.unsqueeze(0), Shifted(after, 1, batch.position));
}

std::vector<at::Tensor> CausalNet::Forward(const RowBatch& batch) {
  const at::Tensor trunk = Trunk(batch);
  const at::Tensor clock = at::mm(batch.clock, clock_weight_.t());
  std::vector<at::Tensor> raw;
  for (int i = 0; i < num_outputs(); ++i) {
    const VisibleState& visible = visible_[i];
    at::Tensor state = clock;
    if (visible.outputs > 0) {
      const at::Tensor offsets =
          at::tensor(at::ArrayRef<int64_t>(layout_.offsets.data(), visible.outputs)).to(batch.cls.device());
      at::Tensor index = batch.cls.narrow(1, 0, visible.outputs) + offsets;
      if (visible.prefix) index = at::cat({index, batch.prefix + layout_.prefix_offset}, 1);
      state = state +
              std::get<0>(at::embedding_bag(state_embedding_, index.reshape({-1}),
                                            at::arange(0, index.numel(), index.size(1), index.options())));
    }
    const HeadLayers& head = heads_[i];
    const at::Tensor hidden =
        at::relu(Linear(at::cat({trunk, state}, 1), head.hidden_weight, head.hidden_bias));
    raw.push_back(Linear(hidden, head.out_weight, head.out_bias));
  }
  return raw;
}

}  // namespace stanflow
