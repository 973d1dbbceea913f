#include "core/model/mlp_regressor.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <torch/optim/adam.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/strings.h"
#include "core/model/torch_device.h"

namespace stanflow {
namespace {

at::Tensor TensorOf(absl::Span<const float> values, int64_t rows) {
  return at::from_blob(const_cast<float*>(values.data()), {rows, static_cast<int64_t>(values.size()) / rows},
                       at::kFloat)
      .clone();
}

// x -> (x - mean) / deviation by column.
struct Standard {
  at::Tensor mean, deviation;

  explicit Standard(const at::Tensor& rows) : mean(rows.mean(0)), deviation(rows.std(0, /*unbiased=*/false)) {
    // Rounding leaves a constant column a hair of deviation.
    deviation = at::where(deviation > 1e-6 * (1 + mean.abs()), deviation, at::full_like(deviation, INFINITY));
  }
  at::Tensor Of(const at::Tensor& rows) const { return (rows - mean) / deviation; }
  at::Tensor Back(const at::Tensor& rows) const {
    return at::where(at::isinf(deviation), mean, rows * deviation + mean);
  }
};

// All weights in one tensor: the optimiser's step is a handful of operations instead of four times as many.
class Mlp {
 public:
  Mlp(int64_t inputs, int64_t hidden, const at::Generator& random)
      : inputs_(inputs), hidden_(hidden), sizes_{inputs * hidden, hidden, hidden, 1} {
    const auto layer = [&](int64_t in, int64_t out) {
      const double bound = std::sqrt(6.0 / static_cast<double>(in + out));
      return at::empty({in * out}, at::kFloat).uniform_(-bound, bound, random);
    };
    weights_ = at::cat({layer(inputs, hidden), at::zeros({hidden}), layer(hidden, 1), at::zeros({1})});
    weights_.requires_grad_(true);
  }

  at::Tensor& weights() { return weights_; }

  // [rows, inputs] -> [rows, 1].
  at::Tensor Forward(const at::Tensor& rows) const {
    const auto parts = weights_.split_with_sizes(sizes_);
    const at::Tensor units = at::addmm(parts[1], rows, parts[0].view({inputs_, hidden_})).relu();
    return at::addmm(parts[3], units, parts[2].view({hidden_, 1}));
  }

 private:
  int64_t inputs_, hidden_;
  std::vector<int64_t> sizes_;
  at::Tensor weights_;
};

struct Rows {
  at::Tensor x, y;

  Rows Choose(const at::Tensor& index) const { return {x.index_select(0, index), y.index_select(0, index)}; }
  Rows Part(int64_t begin, int64_t count) const {
    return {x.narrow(0, begin, count), y.narrow(0, begin, count)};
  }
  int64_t size() const { return x.size(0); }
};

at::Tensor Error(const Mlp& mlp, const Rows& rows) { return (mlp.Forward(rows.x) - rows.y).square().mean(); }

// One epoch's steps; answers how many there were.
int Epoch(const Rows& rows, int64_t batch_rows, const at::Generator& random, torch::optim::Adam* adam,
          Mlp* mlp) {
  const Rows shuffled = rows.Choose(at::randperm(rows.size(), random, at::kLong));
  int steps = 0;
  for (int64_t begin = 0; begin < rows.size(); begin += batch_rows) {
    adam->zero_grad();
    Error(*mlp, shuffled.Part(begin, std::min(batch_rows, rows.size() - begin))).backward();
    adam->step();
    ++steps;
  }
  return steps;
}

void Train(const Rows& all, const MlpOptions& options, const at::Generator& random, Mlp* mlp) {
  const auto aside =
      std::max<int64_t>(1, static_cast<int64_t>(options.aside * static_cast<double>(all.size())));
  const Rows mixed = all.Choose(at::randperm(all.size(), random, at::kLong));
  const Rows judges = mixed.Part(0, aside), rows = mixed.Part(aside, all.size() - aside);
  torch::optim::Adam adam({mlp->weights()}, torch::optim::AdamOptions(options.learning_rate));
  at::Tensor best;
  double least = INFINITY;
  int idle = 0;
  for (int round = 0; round < options.rounds && idle < options.patience; ++round) {
    for (int steps = 0; steps < options.round_steps;)
      steps += Epoch(rows, options.batch_rows, random, &adam, mlp);
    at::NoGradGuard no_grad;
    const double error = Error(*mlp, judges).item<double>();
    ++idle;
    if (!(error < least)) continue;
    least = error;
    idle = 0;
    best = mlp->weights().detach().clone();
  }
  at::NoGradGuard no_grad;
  if (best.defined()) mlp->weights().copy_(best);
}

std::vector<float> Fit(const FeatureMatrix& train, absl::Span<const float> targets, const FeatureMatrix& test,
                       uint64_t seed, const MlpOptions& options) {
  MakeTorchRepeatable();
  const at::Tensor x = TensorOf(train.values, static_cast<int64_t>(train.rows())),
                   y = TensorOf(targets, static_cast<int64_t>(targets.size()));
  const Standard of_x(x), of_y(y);
  const at::Generator random = at::detail::createCPUGenerator(seed);
  Mlp mlp(static_cast<int64_t>(train.width), options.hidden, random);
  Train({of_x.Of(x), of_y.Of(y)}, options, random, &mlp);
  at::NoGradGuard no_grad;
  const at::Tensor tests = TensorOf(test.values, static_cast<int64_t>(test.rows()));
  const at::Tensor answers = of_y.Back(mlp.Forward(of_x.Of(tests))).contiguous();
  return {answers.data_ptr<float>(), answers.data_ptr<float>() + answers.numel()};
}

bool AllFinite(absl::Span<const float> values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

}  // namespace

absl::StatusOr<std::vector<float>> FitMlpRegressor(const FeatureMatrix& train,
                                                   absl::Span<const float> targets, const FeatureMatrix& test,
                                                   uint64_t seed, const MlpOptions& options) {
  if (train.rows() < 2 || test.rows() == 0 || train.width != test.width || targets.size() != train.rows())
    return absl::InvalidArgumentError("a net needs two training rows and a test row of one width");
  if (!AllFinite(train.values) || !AllFinite(targets) || !AllFinite(test.values))
    return absl::InvalidArgumentError("a net learns from finite numbers only");
  try {
    return Fit(train, targets, test, seed, options);
  } catch (const std::exception& e) {  // LibTorch throws
    return absl::InternalError(StrCat("multilayer perceptron: ", e.what()));
  }
}

absl::StatusOr<std::vector<float>> FitTaskMlp(const FeatureMatrix& train, absl::Span<const float> targets,
                                              const FeatureMatrix& test, uint64_t seed) {
  return FitMlpRegressor(train, targets, test, seed, {});
}

}  // namespace stanflow
