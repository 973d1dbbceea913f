#ifndef STANFLOW_SERVER_WORKER_EVALUATE_SPEC_H_
#define STANFLOW_SERVER_WORKER_EVALUATE_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/generate/generator.h"
#include "core/generate/stream_spec.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// What an evaluation is asked, with every default filled in.
struct EvaluateSpec {
  std::string model;  // empty: imported flows are judged without a model
  uint64_t version = 0;
  std::string dataset;
  std::string synthetic_dataset;  // empty: generate
  uint64_t max_likelihood_rows = 0;
  std::optional<uint64_t> task_rows;  // EvalOptions' default if it is left open
  nlohmann::json generate;            // as it was asked
};

// {"model", "version", "dataset", "synthetic_dataset", "generate": {"seed", "stream", "hosts",
//  "home", "start_ms", "rows" or "duration_ms"}, "max_likelihood_rows", "task_rows"};
// INVALID_ARGUMENT names the field.
absl::StatusOr<EvaluateSpec> ParseEvaluateSpec(const nlohmann::json& json);

// The stream that Generate would open for the same request; without an extent, as many flows
// as there are real ones.
absl::StatusOr<StreamSpec> StreamSpecOf(const nlohmann::json& generate, const GeneratorInfo& info,
                                        uint64_t rows_real);

// What the report says about it.
nlohmann::json StreamSpecToJson(const StreamSpec& spec);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_EVALUATE_SPEC_H_
