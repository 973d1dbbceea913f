#ifndef STANFLOW_CORE_GENERATE_BASELINES_B1_GENERATOR_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B1_GENERATOR_H_

#include <memory>

#include "core/generate/baselines/b1_model.h"
#include "core/generate/generator.h"

namespace stanflow {

// Draws B1's rows. A row depends on its key and clock alone, so it does on every machine and
// for every instruction set whose logarithm and cosine agree. Runs on the CPU.
class B1Generator : public Generator {
 public:
  B1Generator(std::shared_ptr<const B1Model> model, uint32_t training_hosts, int64_t default_start_ms);

  const GeneratorInfo& info() const override { return info_; }
  std::unique_ptr<Context> NewContext(const ContextKey& key) const override;
  absl::StatusOr<std::unique_ptr<Context>> RestoreContext(std::string_view state) const override;
  absl::Status Step(absl::Span<Context* const> contexts, absl::Span<HostRow> rows) const override;

 private:
  const std::shared_ptr<const B1Model> model_;
  GeneratorInfo info_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B1_GENERATOR_H_
