#include "core/gan/ctgan.h"

#include <ATen/ATen.h>

#include "core/gan/gradient_penalty.h"

namespace stanflow {
namespace {

// Batches that the normalisation's statistics are estimated from at the end.
constexpr int kStatisticsBatches = 100;

}  // namespace

GeneratorNetOptions CtganGeneratorOptions(const CtganOptions& options, const TableCodec& codec) {
  return {options.GeneratorInputs(codec), codec.width(), options.generator_hidden, /*residual=*/true};
}

Ctgan::Ctgan(const CtganOptions& options, const TableCodec* codec, const EncodedTable* rows,
             const ConditionSampler* conditions, GanRandom* random, const at::Device& device)
    : options_(options), codec_(codec), rows_(rows), conditions_(conditions), device_(device) {
  generator_ = std::make_unique<GeneratorNet>(CtganGeneratorOptions(options, *codec), random);
  CriticNetOptions critic;
  critic.inputs = int64_t{options.pac} * (codec->width() + codec->condition_width());
  critic.hidden = options.critic_hidden;
  critic_ = std::make_unique<CriticNet>(critic, random);
  generator_->to(device);
  critic_->to(device);
}

Ctgan::Conditions Ctgan::DrawConditions(GanRandom* random) const {
  const int64_t n = options_.schedule.batch_rows;
  Conditions out;
  at::Tensor rows = at::zeros({n, codec_->condition_width()});
  if (!conditions_->empty()) {
    const std::vector<double> u = random->HostUniforms(2 * n);
    float* row = rows.data_ptr<float>();
    for (int64_t i = 0; i < n; ++i, row += rows.size(1)) {
      out.list.push_back(conditions_->Draw(ClassFrequency::kLog, u[2 * i], u[2 * i + 1]));
      row[codec_->spans()[out.list.back().span].condition + out.list.back().cls] = 1;
    }
  }
  out.rows = rows.to(device_);
  return out;
}

// Rows that have the conditions' classes, in the given order of the conditions.
at::Tensor Ctgan::RealRows(const std::vector<Condition>& conditions, const std::vector<int64_t>& order,
                           GanRandom* random) const {
  const int64_t n = options_.schedule.batch_rows;
  const std::vector<double> u = random->HostUniforms(n);
  at::Tensor rows = at::zeros({n, codec_->width()});
  float* row = rows.data_ptr<float>();
  for (int64_t i = 0; i < n; ++i, row += rows.size(1)) {
    const size_t from = conditions.empty() ? static_cast<size_t>(u[i] * static_cast<double>(rows_->rows()))
                                           : conditions_->RowWith(conditions[order[i]], u[i]);
    for (size_t s = 0; s < codec_->spans().size(); ++s) {
      const EncodedSpan& span = codec_->spans()[s];
      const SpanValue& value = rows_->values[s][from];
      row[span.offset + (span.one_hot ? value.cls : 0)] = span.one_hot ? 1 : value.scalar;
    }
  }
  return rows.to(device_);
}

at::Tensor Ctgan::RawRows(const at::Tensor& conditions, GanRandom* random) {
  const at::Tensor noise = random->Normal({options_.schedule.batch_rows, options_.noise});
  return generator_->Forward(at::cat({noise, conditions}, 1));
}

at::Tensor Ctgan::Activate(const at::Tensor& raw, GanRandom* random) const {
  const at::Tensor disturbed = (raw + random->Gumbel(raw.sizes())) / options_.temperature;
  std::vector<at::Tensor> parts;
  for (const EncodedSpan& span : codec_->spans()) {
    parts.push_back(span.one_hot ? at::softmax(disturbed.narrow(1, span.offset, span.width), 1)
                                 : at::tanh(raw.narrow(1, span.offset, span.width)));
  }
  return at::cat(parts, 1);
}

at::Tensor Ctgan::ConditionLoss(const at::Tensor& raw, const std::vector<Condition>& conditions) const {
  std::vector<std::vector<int64_t>> rows(codec_->spans().size()), classes(codec_->spans().size());
  for (size_t i = 0; i < conditions.size(); ++i) {
    rows[conditions[i].span].push_back(static_cast<int64_t>(i));
    classes[conditions[i].span].push_back(conditions[i].cls);
  }
  at::Tensor total = raw.new_zeros({});
  for (size_t s = 0; s < rows.size(); ++s) {
    if (rows[s].empty()) continue;
    const EncodedSpan& span = codec_->spans()[s];
    const at::Tensor index = at::tensor(rows[s], at::kLong).to(device_);
    const at::Tensor logits = raw.index_select(0, index).narrow(1, span.offset, span.width);
    total = total + at::nll_loss(at::log_softmax(logits, 1), at::tensor(classes[s], at::kLong).to(device_),
                                 {}, at::Reduction::Sum);
  }
  return total / raw.size(0);
}

at::Tensor Ctgan::Pack(const at::Tensor& rows, const at::Tensor& conditions) const {
  return at::cat({rows, conditions}, 1).view({rows.size(0) / options_.pac, -1});
}

at::Tensor Ctgan::CriticLoss(GanRandom* random, at::Tensor* distance) {
  const Conditions asked = DrawConditions(random);
  // Real rows answer the same conditions in another order: they need not lie beside the generated ones.
  const std::vector<int64_t> order = random->HostPermutation(options_.schedule.batch_rows);
  at::Tensor real, fake;
  {
    at::NoGradGuard no_grad;
    real = Pack(RealRows(asked.list, order, random),
                asked.rows.index_select(0, at::tensor(order, at::kLong).to(device_)));
    fake = Pack(Activate(RawRows(asked.rows, random), random), asked.rows);
  }
  const auto critic = [&](const at::Tensor& x) { return critic_->Forward(x, random); };
  const at::Tensor share = random->Uniform({real.size(0), 1});
  return WassersteinLoss(critic, real, fake, share, options_.penalty, distance);
}

at::Tensor Ctgan::GeneratorLoss(GanRandom* random) {
  const Conditions asked = DrawConditions(random);
  const at::Tensor raw = RawRows(asked.rows, random);
  const at::Tensor fake = Pack(Activate(raw, random), asked.rows);
  return ConditionLoss(raw, asked.list) - critic_->Forward(fake, random).mean();
}

void Ctgan::Finish(GanRandom* random) {
  at::NoGradGuard no_grad;
  generator_->train();
  for (torch::nn::BatchNorm1d norm : generator_->norms()) norm->reset_running_stats();
  for (int i = 0; i < kStatisticsBatches; ++i) {
    // The plain mean over the batches.
    for (torch::nn::BatchNorm1d norm : generator_->norms()) norm->options.momentum(1.0 / (i + 1));
    RawRows(DrawConditions(random).rows, random);
  }
  generator_->eval();
}

}  // namespace stanflow
