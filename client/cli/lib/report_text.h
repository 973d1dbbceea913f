#ifndef STANFLOW_CLIENT_CLI_LIB_REPORT_TEXT_H_
#define STANFLOW_CLIENT_CLI_LIB_REPORT_TEXT_H_

#include <string>

#include "absl/status/statusor.h"

namespace stanflow {

// The figures of a report.json as tables for a terminal; what the report lacks is left out.
// DATA_LOSS if it is no JSON object.
absl::StatusOr<std::string> DescribeReport(const std::string& report_json);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_REPORT_TEXT_H_
