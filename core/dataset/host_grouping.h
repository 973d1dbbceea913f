#ifndef STANFLOW_CORE_DATASET_HOST_GROUPING_H_
#define STANFLOW_CORE_DATASET_HOST_GROUPING_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/flow/address.h"

namespace stanflow {

// Called with the share done, 0 to 1; a status that is not OK stops the work.
using GroupingProgress = std::function<absl::Status(double)>;

// Writes a dataset's column files into `to` from the columns in order of arrival in `from`:
// hosts by address, a host's rows by (end time, arrival). Every row has an address in `home`;
// `rows_of_host` counts them. Durable when OK; needs the disk space of another copy and of 8
// bytes a row, and memory only for the hosts and one column's write buffer.
absl::Status GroupByHost(const std::string& from, const std::string& to, const std::vector<Cidr>& home,
                         const std::map<uint32_t, uint64_t>& rows_of_host, const GroupingProgress& progress);

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_HOST_GROUPING_H_
