#ifndef STANFLOW_SERVER_APP_PICK_DEVICES_H_
#define STANFLOW_SERVER_APP_PICK_DEVICES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace stanflow {

// `wanted` of the configuration out of those that there are; "auto" stands for all of `available`. The CPU is
// always there. Pure.
absl::StatusOr<std::vector<std::string>> PickDevices(const std::vector<std::string>& wanted,
                                                     const std::vector<std::string>& available);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_APP_PICK_DEVICES_H_
