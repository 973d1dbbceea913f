#ifndef STANFLOW_CORE_SIMULATE_OFFICE_SIMULATOR_H_
#define STANFLOW_CORE_SIMULATE_OFFICE_SIMULATOR_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "core/flow/address.h"
#include "core/flow/flow_reader.h"

namespace stanflow {

struct OfficeOptions {
  uint64_t seed = 1;
  // Machines of the office, 1 to 10,000; one in twelve is a server.
  int hosts = 24;
  // Clock of the first activity, milliseconds since the epoch: Monday 2024-01-08T00:00:00Z.
  int64_t start_ms = 1704672000000;
  // Flows that end in [start, start + duration) are recorded; 0: until `rows` are. An office
  // day of one host is some 6,000 flows.
  int64_t duration_ms = 0;
  // Ends after so many flows; 0: at the duration's end.
  uint64_t rows = 0;
  // The office's network: hosts get its addresses from the second on.
  Cidr home = {0x0A010000, 16};  // 10.1.0.0/16
};

// A simulated office behind a flow collector at its border: daily cycle, sessions of DNS, web
// and mail, time, backups at night, servers with visitors from outside, noise, password
// guessing and a scan a day. Unidirectional flows ordered by end time, which is in whole
// seconds; durations are in milliseconds. The same options give the same flows. Memory is that
// of the flows that have not ended.
// INVALID_ARGUMENT if neither duration nor rows are given, or the hosts don't fit into the network.
absl::StatusOr<std::unique_ptr<FlowReader>> NewOfficeSimulator(const OfficeOptions& options);

}  // namespace stanflow

#endif  // STANFLOW_CORE_SIMULATE_OFFICE_SIMULATOR_H_
