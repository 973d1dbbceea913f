#ifndef STANFLOW_SERVER_WORKER_REPRODUCE_SPEC_H_
#define STANFLOW_SERVER_WORKER_REPRODUCE_SPEC_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "server/worker/evaluate_spec.h"

namespace stanflow {

// What a reproduction of the paper is asked: the models that stand for its own, each with how it
// is judged.
struct ReproduceSpec {
  struct Model {
    std::string name;  // of paper.json: "stan", "stan_paper", "b1" to "b4"
    EvaluateSpec evaluate;
  };
  std::vector<Model> models;  // one at least, names differ
  uint64_t seed = 1;          // of the two-variable process' first sample
};

// {"dataset", "seed", "models": [{"name", "model", "version", "generate", "max_likelihood_rows"}],
// "task_rows"}; INVALID_ARGUMENT names the field.
absl::StatusOr<ReproduceSpec> ParseReproduceSpec(const nlohmann::json& json);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_REPRODUCE_SPEC_H_
