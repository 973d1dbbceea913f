#ifndef STANFLOW_CORE_GENERATE_LOAD_GENERATOR_H_
#define STANFLOW_CORE_GENERATE_LOAD_GENERATOR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/eval/scorer.h"
#include "core/generate/generator.h"

namespace stanflow {

// Loads a bundle's model, of whatever preset, onto a device ("cpu", "cuda:0"). DATA_LOSS or
// FAILED_PRECONDITION say what is wrong with a damaged or foreign bundle. Thread-safe.
absl::StatusOr<std::unique_ptr<Generator>> LoadGenerator(const std::string& bundle_dir,
                                                         const std::string& device);
absl::StatusOr<std::unique_ptr<Scorer>> LoadScorer(const std::string& bundle_dir, const std::string& device);

// Reads everything that loading would, and keeps nothing.
absl::Status ValidateBundle(const std::string& bundle_dir);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_LOAD_GENERATOR_H_
