#ifndef STANFLOW_CORE_GENERATE_BASELINES_B2_FIT_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B2_FIT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/generate/baselines/b1_fit.h"
#include "core/generate/baselines/b2_model.h"

namespace stanflow {

struct B2FitOptions {
  B1FitOptions marginals;
  std::string structure = "bytes|previous.bytes,hour";  // the paper's
};

struct B2Fit {
  std::shared_ptr<const B2Model> model;
  uint64_t training_rows = 0;
  uint64_t validation_rows = 0;
  double validation_nats = 0;  // exact nats a row over the sequences kept back
};

// Fits B1 and the structure's counts to the dataset's training split, in four passes over it.
// Errors as ParseB2Structure and FitB1Model.
absl::StatusOr<B2Fit> FitB2Model(const Dataset& dataset, const B2FitOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B2_FIT_H_
