#include "core/model/naive_stan.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <torch/optim/adam.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/base/philox.h"
#include "core/model/heads.h"
#include "core/model/torch_device.h"

namespace stanflow {
namespace {

constexpr int kK = kMixtureComponents;
constexpr uint32_t kGenerateStream = 7;

// The columns of a row that its column `c` sees of itself.
int64_t OwnInputs(Mask mask, size_t c) { return mask == Mask::kB ? static_cast<int64_t>(c) : 0; }

bool AllFinite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

absl::Status Check(const Columns& rows) {
  if (rows.empty() || rows[0].size() < 2)
    return absl::InvalidArgumentError("a naive STAN needs columns of two rows at least");
  for (const auto& column : rows) {
    if (column.size() != rows[0].size())
      return absl::InvalidArgumentError("the columns are not of one length");
    if (!AllFinite(column)) return absl::InvalidArgumentError("a column holds a value that is not finite");
  }
  return absl::OkStatus();
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

// 1 for a column that never changes.
double Deviation(const std::vector<double>& values) {
  const double mean = Mean(values);
  double squares = 0;
  for (double v : values) squares += (v - mean) * (v - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(values.size()));
  return deviation > 0 ? deviation : 1;
}

// A linear layer to the numbers of a mixture; it begins as LibTorch's own does.
struct TrainedLayer {
  at::Tensor weight, bias;  // [3 K, inputs] and [3 K]

  TrainedLayer(int64_t inputs, const at::Generator& random) {
    const double bound = 1 / std::sqrt(static_cast<double>(inputs));
    weight = at::empty({3 * kK, inputs}, at::kFloat).uniform_(-bound, bound, random);
    bias = at::empty({3 * kK}, at::kFloat).uniform_(-bound, bound, random);
    weight.requires_grad_(true);
    bias.requires_grad_(true);
  }
  at::Tensor Forward(const at::Tensor& input) const { return at::addmm(bias, input, weight.t()); }
};

// Trains the layer of one column on `input` [n, inputs] and `target` [n], both standardised.
TrainedLayer TrainLayer(const at::Tensor& input, const at::Tensor& target, const NaiveStanOptions& options,
                        uint64_t seed) {
  const at::Generator random = at::detail::createCPUGenerator(seed);
  TrainedLayer layer(input.size(1), random);
  torch::optim::Adam adam(std::vector<at::Tensor>{layer.weight, layer.bias},
                          torch::optim::AdamOptions(options.learning_rate));
  const int64_t rows = input.size(0);
  const int64_t steps_an_epoch = (rows + options.batch_rows - 1) / options.batch_rows;
  const double all = static_cast<double>(steps_an_epoch * options.epochs);
  for (int64_t epoch = 0, step = 0; epoch < options.epochs; ++epoch) {
    const at::Tensor order = at::randperm(rows, random, at::kLong);
    for (int64_t begin = 0; begin < rows; begin += options.batch_rows, ++step) {
      const at::Tensor chosen = order.slice(0, begin, std::min(begin + options.batch_rows, rows));
      const double rate =
          options.learning_rate * 0.5 * (1 + std::cos(M_PI * static_cast<double>(step) / all));
      static_cast<torch::optim::AdamOptions&>(adam.param_groups()[0].options()).lr(rate);
      adam.zero_grad();
      const at::Tensor raw = layer.Forward(input.index_select(0, chosen));
      MixtureLoss(raw, target.index_select(0, chosen)).mean().backward();
      adam.step();
    }
  }
  return layer;
}

std::vector<double> ToVector(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.detach().to(at::kDouble).contiguous().reshape({-1});
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

// A draw of the mixture whose 3 K numbers are `raw`.
double DrawMixture(const std::vector<double>& raw, const DrawKey& component_key, const DrawKey& normal_key) {
  const double top = *std::max_element(raw.begin(), raw.begin() + kK);
  double sum = 0;
  for (int k = 0; k < kK; ++k) sum += std::exp(raw[k] - top);
  double left = Uniform2(component_key)[0] * sum;
  int chosen = 0;
  for (; chosen + 1 < kK; ++chosen) {
    left -= std::exp(raw[chosen] - top);
    if (left < 0) break;
  }
  const auto u = Uniform2(normal_key);
  return raw[kK + chosen] + std::exp(ClampLogDeviation(raw[2 * kK + chosen])) * StandardNormal(u[0], u[1]);
}

}  // namespace

absl::StatusOr<NaiveStan> NaiveStan::Train(const Columns& rows, const NaiveStanOptions& options) {
  const absl::Status valid = Check(rows);
  if (!valid.ok()) return valid;
  try {
    MakeTorchRepeatable();
    NaiveStan model;
    model.mask_ = options.mask;
    std::vector<at::Tensor> standardised;
    for (const auto& column : rows) {
      model.mean_.push_back(Mean(column));
      model.deviation_.push_back(Deviation(column));
      const at::Tensor values = at::tensor(at::ArrayRef<double>(column), at::kDouble);
      standardised.push_back(((values - model.mean_.back()) / model.deviation_.back()).to(at::kFloat));
    }
    const at::Tensor all = at::stack(standardised, 1);
    const at::Tensor before = all.slice(0, 0, all.size(0) - 1), now = all.slice(0, 1);
    for (size_t c = 0; c < rows.size(); ++c) {
      const at::Tensor input = at::cat({before, now.narrow(1, 0, OwnInputs(options.mask, c))}, 1);
      const TrainedLayer layer =
          TrainLayer(input, now.select(1, static_cast<int64_t>(c)), options, options.seed * 1000003 + c);
      model.layers_.push_back({ToVector(layer.weight), ToVector(layer.bias)});
      if (!AllFinite(model.layers_.back().weights) || !AllFinite(model.layers_.back().bias))
        return absl::InternalError("training a naive STAN diverged");
    }
    return model;
  } catch (const std::exception& e) {  // LibTorch throws; nothing above does.
    return absl::InternalError(absl::StrCat("training a naive STAN: ", e.what()));
  }
}

Columns NaiveStan::Generate(uint64_t seed, size_t count) const {
  const size_t columns = layers_.size();
  Columns out(columns);
  std::vector<double> before(columns), now(columns), raw(3 * kK);
  for (size_t i = 0; i < count; ++i) {
    for (size_t c = 0; c < columns; ++c) {
      const Layer& layer = layers_[c];
      const size_t own = static_cast<size_t>(OwnInputs(mask_, c)), inputs = columns + own;
      for (int k = 0; k < 3 * kK; ++k) {
        const double* weights = layer.weights.data() + k * inputs;
        raw[k] = layer.bias[k];
        for (size_t j = 0; j < columns; ++j) raw[k] += weights[j] * before[j];
        for (size_t j = 0; j < own; ++j) raw[k] += weights[columns + j] * now[j];
      }
      const auto slot = static_cast<uint16_t>(2 * c);
      now[c] = DrawMixture(raw, {seed, kGenerateStream, 0, i, slot},
                           {seed, kGenerateStream, 0, i, static_cast<uint16_t>(slot + 1)});
      out[c].push_back(mean_[c] + deviation_[c] * now[c]);
    }
    before = now;
  }
  return out;
}

}  // namespace stanflow
