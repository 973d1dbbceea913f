#ifndef STANFLOW_CORE_GENERATE_BASELINES_B2_MODEL_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B2_MODEL_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/bundle/safetensors.h"
#include "core/generate/baselines/b1_model.h"
#include "core/generate/baselines/b2_conditional.h"
#include "core/generate/row_model.h"

namespace stanflow {

// The paper's baseline B2, a Bayesian network of an expert's making (section 4.3): the children of
// its structure depend on their parents, every other attribute is B1's. A child's run of values
// comes from its parents (B2Conditional), the value within the run from B1's own distribution cut
// to the run; so the masses of an attribute's values sum to 1 here as they do there. Immutable:
// safe to use concurrently.
class B2Model final : public ScoredRowModel {
 public:
  // `children` in drawing order.
  B2Model(std::shared_ptr<const B1Model> marginals, std::vector<B2Conditional> children);

  HostRow Draw(DrawKey key, int64_t clock_ms, const HostRow* previous) const override;
  RowNats Score(const HostRow& row, const HostRow* previous) const override;
  uint64_t memory_bytes() const override;
  uint64_t parameters() const;

  void Store(TensorFile* file) const;
  // `structure`: as ParseB2Structure reads it. DATA_LOSS names the tensor that is wrong.
  static absl::StatusOr<B2Model> Load(const std::string& structure, const TensorFile& file);

 private:
  // A child's conditional with what its bins weigh under B1.
  struct Child {
    B2Conditional conditional;
    std::vector<double> log_run_mass;  // [bin]
  };
  double PaperNats(const Child& child, const std::vector<double>& log_shares, const HostRow& row) const;

  const std::shared_ptr<const B1Model> marginals_;
  std::vector<Child> children_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B2_MODEL_H_
