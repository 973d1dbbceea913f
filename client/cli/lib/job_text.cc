#include "client/cli/lib/job_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/progress.h"
#include "core/base/strings.h"

namespace stanflow {

std::string StateName(v1::JobState state) {
  return std::string(absl::StripPrefix(v1::JobState_Name(state), "JOB_STATE_"));
}

std::string KindName(v1::JobKind kind) {
  return absl::AsciiStrToLower(absl::StripPrefix(v1::JobKind_Name(kind), "JOB_KIND_"));
}

std::vector<std::string> AllStateNames() {
  std::vector<std::string> names;
  for (int i = v1::JobState_MIN + 1; i <= v1::JobState_MAX; ++i) {
    names.push_back(absl::AsciiStrToLower(StateName(static_cast<v1::JobState>(i))));
  }
  return names;
}

absl::StatusOr<v1::JobState> ParseState(std::string_view name) {
  v1::JobState state;
  if (v1::JobState_Parse(StrCat("JOB_STATE_", absl::AsciiStrToUpper(ToAbsl(name))), &state)) return state;
  return absl::InvalidArgumentError(
      StrCat("state '", name, "' is not known; it is one of ", absl::StrJoin(AllStateNames(), ", ")));
}

bool Ended(v1::JobState state) {
  return state == v1::JOB_STATE_SUCCEEDED || state == v1::JOB_STATE_FAILED ||
         state == v1::JOB_STATE_CANCELLED;
}

std::string JobName(const std::string& id) { return absl::StartsWith(id, "jobs/") ? id : "jobs/" + id; }

std::string DescribeJob(const v1::Job& job) {
  KeyValues lines;
  lines.Add("job", job.name());
  lines.Add("kind", KindName(job.kind()));
  lines.Add("state", StateName(job.state()));
  lines.Add("priority", std::to_string(job.priority()));
  lines.Add("created", FormatTime(job.has_create_time(), job.create_time()));
  lines.Add("started", FormatTime(job.has_start_time(), job.start_time()));
  lines.Add("ended", FormatTime(job.has_end_time(), job.end_time()));
  lines.Add("attempts",
            StrCat(job.attempts(), " (", job.failures(), " of ", job.max_failures(), " failures)"));
  if (!Ended(job.state())) lines.Add("progress", DescribeProgress(job.state(), job.progress()));
  if (!job.error_code().empty()) lines.Add("error", StrCat(job.error_code(), ": ", job.error_message()));
  if (!job.result().empty()) lines.Add("result", job.result());
  if (job.artifacts_size() > 0) lines.Add("artifacts", absl::StrJoin(job.artifacts(), ", "));
  if (!job.spec_json().empty()) lines.Add("request", job.spec_json());
  if (!job.result_json().empty()) lines.Add("figures", job.result_json());
  return lines.ToString();
}

}  // namespace stanflow
