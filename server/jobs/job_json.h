#ifndef STANFLOW_SERVER_JOBS_JOB_JSON_H_
#define STANFLOW_SERVER_JOBS_JOB_JSON_H_

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "server/jobs/job.h"

namespace stanflow {

// Progress as it is stored and as a worker reports it. Fields at their defaults are left out; a number that
// is not finite becomes its default, because JSON has none.
nlohmann::json ProgressToJson(const JobProgress& progress);
// INVALID_ARGUMENT for a field of another type; unknown fields are those of a newer program and are skipped.
absl::StatusOr<JobProgress> ProgressFromJson(const nlohmann::json& json);

// One line; bytes that are no UTF-8 are replaced.
std::string DumpLine(const nlohmann::json& json);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_JSON_H_
