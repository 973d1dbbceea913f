#ifndef STANFLOW_CORE_GENERATE_TORCH_SCORER_H_
#define STANFLOW_CORE_GENERATE_TORCH_SCORER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/eval/scorer.h"
#include "core/model/bundle.h"

namespace stanflow {

// Exact likelihoods of a STAN model, dense over a whole context (teacher forcing).
absl::StatusOr<std::unique_ptr<Scorer>> MakeTorchScorer(Bundle bundle, const std::string& device);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_TORCH_SCORER_H_
