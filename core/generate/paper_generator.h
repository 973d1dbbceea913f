#ifndef STANFLOW_CORE_GENERATE_PAPER_GENERATOR_H_
#define STANFLOW_CORE_GENERATE_PAPER_GENERATOR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/generate/generator.h"
#include "core/model/bundle.h"

namespace stanflow {

// Flows from the paper preset (STAN algorithm 2): the window's previous rows start as draws
// from the training marginals, every output of a row is drawn by its own net from the whole
// window, then the window moves on by one row. A context is its five previous rows.
absl::StatusOr<std::unique_ptr<Generator>> MakePaperGenerator(Bundle bundle, const std::string& device);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_PAPER_GENERATOR_H_
