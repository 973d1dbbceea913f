#include "server/worker/all_job_kinds.h"

#include <vector>

namespace stanflow {

absl::Span<const JobKindEntry> AllJobKinds() {
  static const auto* const kinds = new std::vector<JobKindEntry>{
#ifdef STANFLOW_IMPORT_JOB
      {JobKind::kImport, RunImportJob},
#endif
#ifdef STANFLOW_TRAIN_JOB
      {JobKind::kTrain, RunTrainJob},
#endif
#ifdef STANFLOW_EVALUATE_JOB
      {JobKind::kEvaluate, RunEvaluateJob},
#endif
  };
  return *kinds;
}

}  // namespace stanflow
