#include "core/gan/wp_gan.h"

#include <ATen/ATen.h>

#include <cmath>

#include "core/gan/gradient_penalty.h"
#include "core/gan/noise.h"

namespace stanflow {

GeneratorNetOptions WpGanGeneratorOptions(const WpGanOptions& options, const FlowEncoding& encoding) {
  return {options.noise, encoding.width(), options.generator_hidden, /*residual=*/false};
}

WpGan::WpGan(const WpGanOptions& options, const FlowEncoding* encoding, const std::vector<HostRow>* rows,
             GanRandom* random, const at::Device& device)
    : options_(options), encoding_(encoding), rows_(rows), device_(device) {
  generator_ = std::make_unique<GeneratorNet>(WpGanGeneratorOptions(options, *encoding), random);
  CriticNetOptions critic;
  critic.inputs = encoding->width();
  critic.hidden = options.critic_hidden;
  critic.dropout = 0;
  critic_ = std::make_unique<CriticNet>(critic, random);
  generator_->to(device);
  critic_->to(device);
}

at::Tensor WpGan::RealRows(GanRandom* random) const {
  const int64_t n = options_.schedule.batch_rows;
  const at::Tensor rows = at::empty({n, encoding_->width()});
  float* row = rows.data_ptr<float>();
  for (double u : random->HostUniforms(n)) {
    encoding_->Encode((*rows_)[static_cast<size_t>(u * static_cast<double>(rows_->size()))], row);
    row += encoding_->width();
  }
  return rows.to(device_);
}

at::Tensor WpGan::FakeRows(GanRandom* random) {
  const at::Tensor raw = generator_->Forward(random->Normal({options_.schedule.batch_rows, options_.noise}));
  const int64_t bounded = encoding_->bounded();
  return at::cat({at::sigmoid(raw.narrow(1, 0, bounded)), raw.narrow(1, bounded, raw.size(1) - bounded)}, 1);
}

at::Tensor WpGan::CriticLoss(GanRandom* random, at::Tensor* distance) {
  at::Tensor real, fake;
  {
    at::NoGradGuard no_grad;
    real = RealRows(random);
    fake = FakeRows(random);
  }
  const auto critic = [&](const at::Tensor& x) { return critic_->Forward(x, random); };
  const at::Tensor share = random->Uniform({real.size(0), 1});
  return WassersteinLoss(critic, real, fake, share, options_.penalty, distance);
}

at::Tensor WpGan::GeneratorLoss(GanRandom* random) {
  return -critic_->Forward(FakeRows(random), random).mean();
}

void WpGanRows::WriteInput(const DrawKey& key, float* input) const { WriteNoise(key, noise_, input); }

HostRow WpGanRows::Decode(const DrawKey&, const float* outputs) const {
  std::vector<float> row(outputs, outputs + encoding_.width());
  for (int i = 0; i < encoding_.bounded(); ++i) row[i] = 1 / (1 + std::exp(-row[i]));
  return encoding_.Decode(row.data());
}

}  // namespace stanflow
