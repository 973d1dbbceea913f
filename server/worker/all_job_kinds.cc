#include "server/worker/all_job_kinds.h"

#include <vector>

namespace stanflow {

absl::Span<const JobKindEntry> AllJobKinds() {
  static const auto* const kinds = new std::vector<JobKindEntry>{
      {JobKind::kImport, RunImportJob},       {JobKind::kTrain, RunTrainJob},
      {JobKind::kEvaluate, RunEvaluateJob},   {JobKind::kStream, RunStreamJob},
      {JobKind::kCollect, RunCollectJob},
#ifdef STANFLOW_WITH_TORCH
      {JobKind::kReproduce, RunReproduceJob},
#endif
  };
  return *kinds;
}

}  // namespace stanflow
