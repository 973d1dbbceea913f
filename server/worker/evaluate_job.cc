#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/eval/report.h"
#include "server/worker/evaluation.h"

namespace stanflow {

absl::StatusOr<nlohmann::json> RunEvaluateJob(const JobContext& context) {
  STANFLOW_ASSIGN_OR_RETURN(const EvaluateSpec spec, ParseEvaluateSpec(context.spec));
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json report, Evaluate(context, spec, {}));
  const std::string out = context.job_dir + "/out";
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(out));
  STANFLOW_RETURN_IF_ERROR(WriteFileDurably(out + "/report.json", report.dump(1) + "\n"));
  STANFLOW_RETURN_IF_ERROR(WriteFileDurably(out + "/report.html", ReportHtml(report)));
  return report["summary"];
}

}  // namespace stanflow
