#ifndef STANFLOW_CLIENT_CLI_LIB_JOB_TEXT_H_
#define STANFLOW_CLIENT_CLI_LIB_JOB_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "stanflow/v1/jobs.pb.h"

namespace stanflow {

// "QUEUED", "RUNNING", ...; "train", ...
std::string StateName(stanflow::v1::JobState state);
std::string KindName(stanflow::v1::JobKind kind);
// INVALID_ARGUMENT with the list of them.
absl::StatusOr<stanflow::v1::JobState> ParseState(std::string_view name);
// Lower-case, as flags take them.
std::vector<std::string> AllStateNames();

bool Ended(stanflow::v1::JobState state);

// "jobs/ID" from that or "ID".
std::string JobName(const std::string& id);

std::string DescribeJob(const stanflow::v1::Job& job);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_JOB_TEXT_H_
