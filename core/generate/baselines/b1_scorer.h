#ifndef STANFLOW_CORE_GENERATE_BASELINES_B1_SCORER_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B1_SCORER_H_

#include <memory>

#include "core/eval/scorer.h"
#include "core/generate/baselines/b1_model.h"

namespace stanflow {

// Exact and the paper's nats under B1. Thread-safe.
class B1Scorer : public Scorer {
 public:
  explicit B1Scorer(std::shared_ptr<const B1Model> model) : model_(std::move(model)) {}
  absl::Status Score(absl::Span<const HostRow> rows, absl::Span<RowNats> out) const override;

 private:
  const std::shared_ptr<const B1Model> model_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B1_SCORER_H_
