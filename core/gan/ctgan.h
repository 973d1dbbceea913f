#ifndef STANFLOW_CORE_GAN_CTGAN_H_
#define STANFLOW_CORE_GAN_CTGAN_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/gan/condition_sampler.h"
#include "core/gan/gan.h"
#include "core/gan/gan_nets.h"
#include "core/gan/table_codec.h"

namespace stanflow {

// Xu et al. 2019, "Modeling tabular data using conditional GAN". The defaults are those of the package ctgan
// 0.12.1.
struct CtganOptions {
  GanSchedule schedule;
  int noise = 128;
  std::vector<int64_t> generator_hidden = {256, 256}, critic_hidden = {256, 256};
  int pac = 10;  // rows that the critic sees at once; divides the batch
  double penalty = 10;
  double temperature = 0.2;  // of the Gumbel softmax

  int64_t GeneratorInputs(const TableCodec& codec) const { return noise + codec.condition_width(); }
};

GeneratorNetOptions CtganGeneratorOptions(const CtganOptions& options, const TableCodec& codec);

// CTGAN in training on one encoded table.
class Ctgan final : public Gan {
 public:
  // All pointers outlive it. `rows` has at least one row.
  Ctgan(const CtganOptions& options, const TableCodec* codec, const EncodedTable* rows,
        const ConditionSampler* conditions, GanRandom* random, const at::Device& device);

  const GanSchedule& schedule() const override { return options_.schedule; }
  uint64_t rows() const override { return rows_->rows(); }
  torch::nn::Module* generator() override { return generator_.get(); }
  torch::nn::Module* critic() override { return critic_.get(); }
  at::Tensor CriticLoss(GanRandom* random, at::Tensor* distance) override;
  at::Tensor GeneratorLoss(GanRandom* random) override;
  // Estimates the normalisation's means and deviations anew, for the last weights.
  void Finish(GanRandom* random) override;

  const GeneratorNet& net() const { return *generator_; }

 private:
  // One batch's conditions, and as one-hot rows on the device.
  struct Conditions {
    std::vector<Condition> list;
    at::Tensor rows;  // [n, condition width]
  };

  Conditions DrawConditions(GanRandom* random) const;
  at::Tensor RealRows(const std::vector<Condition>& conditions, const std::vector<int64_t>& order,
                      GanRandom* random) const;
  at::Tensor RawRows(const at::Tensor& conditions, GanRandom* random);
  at::Tensor Activate(const at::Tensor& raw, GanRandom* random) const;
  at::Tensor ConditionLoss(const at::Tensor& raw, const std::vector<Condition>& conditions) const;
  // [n, d] and [n, c] -> [n / pac, pac (d + c)].
  at::Tensor Pack(const at::Tensor& rows, const at::Tensor& conditions) const;

  const CtganOptions options_;
  const TableCodec* const codec_;
  const EncodedTable* const rows_;
  const ConditionSampler* const conditions_;
  const at::Device device_;
  std::unique_ptr<GeneratorNet> generator_;
  std::unique_ptr<CriticNet> critic_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_CTGAN_H_
