#ifndef STANFLOW_CORE_GENERATE_BASELINES_B2_FIT_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B2_FIT_H_

#include <string>

#include "absl/status/statusor.h"
#include "core/generate/baselines/b1_fit.h"
#include "core/generate/baselines/b2_model.h"
#include "core/generate/baselines/row_fit.h"

namespace stanflow {

struct B2FitOptions {
  B1FitOptions marginals;
  std::string structure = "bytes|previous.bytes,hour";  // the paper's
};

using B2Fit = RowFit<B2Model>;

// Fits B1 and the structure's counts to the dataset's training split, in three passes over it (B1's, the
// largest values, the counts), and scores the model on the sequences kept back. Errors as ParseB2Structure
// and FitB1Model.
absl::StatusOr<B2Fit> FitB2Model(const Dataset& dataset, const B2FitOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B2_FIT_H_
