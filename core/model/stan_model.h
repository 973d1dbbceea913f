#ifndef STANFLOW_CORE_MODEL_STAN_MODEL_H_
#define STANFLOW_CORE_MODEL_STAN_MODEL_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "core/codec/output_set.h"
#include "core/model/attribute_net.h"
#include "core/model/head.h"
#include "core/model/options.h"

namespace stanflow {

// A STAN model: one whole net per attribute (paper preset: per output), a head per output.
// Owns everything; heads point into `outputs`, so it does not move.
struct StanModel {
  StanModel(StanOptions options, OutputSet outputs, uint64_t seed);
  StanModel(const StanModel&) = delete;
  StanModel& operator=(const StanModel&) = delete;

  const StanOptions options;
  const OutputSet outputs;
  // In drawing order of the outputs they cover; kMarginal outputs have none.
  std::vector<std::shared_ptr<AttributeNet>> nets;
  std::vector<std::unique_ptr<Head>> heads;  // one an output

  int64_t NumParameters() const;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_STAN_MODEL_H_
