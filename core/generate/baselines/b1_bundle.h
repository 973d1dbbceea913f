#ifndef STANFLOW_CORE_GENERATE_BASELINES_B1_BUNDLE_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B1_BUNDLE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"
#include "core/eval/scorer.h"
#include "core/generate/baselines/b1_fit.h"
#include "core/generate/generator.h"

namespace stanflow {

// B1 on disk, trained and served like any other model: a folder with `manifest.json` (the
// fields of every bundle, preset "b1") and `model.json` (the distributions, bound to the
// manifest by its SHA-256). Home hosts' addresses are no part of it.
inline constexpr std::string_view kB1Preset = "b1";

// Fits and writes. `bundle_dir` must not exist; it appears whole or not at all. `created_ms` is the time of
// day.
absl::Status FitB1(const Dataset& dataset, const B1FitOptions& options, int64_t created_ms,
                   const std::string& bundle_dir);

// B1 as the two things it is used as; they share the distributions.
struct LoadedB1 {
  std::unique_ptr<Generator> generator;
  std::unique_ptr<Scorer> scorer;
};

// DATA_LOSS (damaged: which file, what) or FAILED_PRECONDITION (no bundle of preset b1, or of a
// format or schema that this program does not read).
absl::StatusOr<LoadedB1> LoadB1(const std::string& bundle_dir);

// The same from a fit that stays in memory.
LoadedB1 MakeB1(B1Fit fit, const Dataset& dataset);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B1_BUNDLE_H_
