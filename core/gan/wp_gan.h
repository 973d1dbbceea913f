#ifndef STANFLOW_CORE_GAN_WP_GAN_H_
#define STANFLOW_CORE_GAN_WP_GAN_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/gan/flow_encoding.h"
#include "core/gan/flow_rows.h"
#include "core/gan/gan.h"
#include "core/gan/gan_nets.h"

namespace stanflow {

// Ring et al. 2019: a Wasserstein GAN with gradient penalty whose two nets learn at rates of their own (two
// time-scale update rule, Heusel et al. 2017), step by step in turn.
struct WpGanOptions {
  WpGanOptions() {
    schedule.epochs = 100;
    schedule.generator_rate = 1e-4;
    schedule.critic_rate = 4e-4;
    schedule.generator_decay = schedule.critic_decay = 0;
  }
  GanSchedule schedule;
  WpGanEncoding encoding = WpGanEncoding::kEmbedding;
  int noise = 128;
  std::vector<int64_t> generator_hidden = {256, 256, 256}, critic_hidden = {256, 256, 256};
  double penalty = 10;
};

GeneratorNetOptions WpGanGeneratorOptions(const WpGanOptions& options, const FlowEncoding& encoding);

// WP-GAN in training. Rows are encoded when a batch needs them.
class WpGan final : public Gan {
 public:
  // All pointers outlive it. `rows` has at least one row.
  WpGan(const WpGanOptions& options, const FlowEncoding* encoding, const std::vector<HostRow>* rows,
        GanRandom* random, const at::Device& device);

  const GanSchedule& schedule() const override { return options_.schedule; }
  uint64_t rows() const override { return rows_->size(); }
  torch::nn::Module* generator() override { return generator_.get(); }
  torch::nn::Module* critic() override { return critic_.get(); }
  at::Tensor CriticLoss(GanRandom* random, at::Tensor* distance) override;
  at::Tensor GeneratorLoss(GanRandom* random) override;
  void Finish(GanRandom*) override { generator_->eval(); }

  const GeneratorNet& net() const { return *generator_; }

 private:
  at::Tensor RealRows(GanRandom* random) const;
  at::Tensor FakeRows(GanRandom* random);

  const WpGanOptions options_;
  const FlowEncoding* const encoding_;
  const std::vector<HostRow>* const rows_;
  const at::Device device_;
  std::unique_ptr<GeneratorNet> generator_;
  std::unique_ptr<CriticNet> critic_;
};

// What a trained WP-GAN draws flows by, besides its net.
class WpGanRows final : public FlowRows {
 public:
  WpGanRows(int noise, FlowEncoding encoding) : noise_(noise), encoding_(std::move(encoding)) {}

  int inputs() const override { return noise_; }
  int outputs() const override { return encoding_.width(); }
  void WriteInput(const DrawKey& key, float* input) const override;
  HostRow Decode(const DrawKey& key, const float* outputs) const override;
  uint64_t memory_bytes() const override { return encoding_.memory_bytes(); }

 private:
  const int noise_;
  const FlowEncoding encoding_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_WP_GAN_H_
