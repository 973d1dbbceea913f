#ifndef STANFLOW_CORE_FLOW_HOST_ROW_H_
#define STANFLOW_CORE_FLOW_HOST_ROW_H_

#include <cstdint>

#include "core/flow/attribute.h"
#include "core/flow/flow.h"

namespace stanflow {

// A flow as its home host sees it: what the models learn and draw. The home host's own
// address is not part of it; one model serves all hosts (STAN section 5.2, notes).
struct HostRow {
  int64_t end_ms = 0;         // clock of the row; given to the models, never drawn
  uint32_t time_delta_s = 0;  // whole seconds since the context's previous row, or since its start
  uint8_t direction = 0;      // 0 outgoing (home is source), 1 incoming
  uint8_t protocol = 0;
  uint32_t remote_address = 0;
  uint16_t local_port = 0;
  uint16_t remote_port = 0;
  uint8_t tcp_flags = 0;
  uint8_t tos = 0;
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint32_t duration_ms = 0;

  uint64_t Get(Attribute a) const;
  void Set(Attribute a, uint64_t value);
};

bool operator==(const HostRow& a, const HostRow& b);

// `previous_end_ms` is the end of the context's previous row, or the context's start.
HostRow ToHostRow(const Flow& flow, bool home_is_source, int64_t previous_end_ms);

// Uses `row.end_ms`; the time delta is not looked at.
Flow ToFlow(const HostRow& row, uint32_t home_address);

}  // namespace stanflow

#endif  // STANFLOW_CORE_FLOW_HOST_ROW_H_
