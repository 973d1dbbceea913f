#ifndef STANFLOW_CORE_IO_BIFLOW_H_
#define STANFLOW_CORE_IO_BIFLOW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/flow/flow_reader.h"
#include "core/io/reader_options.h"

namespace stanflow {

// "split" or "keep"; INVALID_ARGUMENT for another word.
absl::StatusOr<Biflow> ParseBiflow(std::string_view word);

// A record of both directions. A direction that sent nothing has no packets and no bytes.
struct BiflowRecord {
  Flow forward;  // from who began to who answered
  Flow reverse;  // Reversed(forward), with its own packets, bytes, flags and ToS
};

// The type of ICMP message that answers `type`, or that it answers: echo 8 and 0, timestamp 13 and 14,
// information 15 and 16, address mask 17 and 18, router solicitation 10 and 9 (RFC 792, 950, 1256).
std::optional<uint8_t> IcmpCounterpart(uint8_t type);

// The other direction of `flow`: same times and protocol, addresses and ports exchanged, nothing sent. ICMP
// has no ports: a message that has an answer becomes the answer with code 0, others keep type and code.
Flow Reversed(const Flow& flow);

// Appends the record's one or two flows to `batch`, all with number `line`. Of kKeep's flow, the flags are
// those of both directions and the ToS is the initiator's. False, nothing appended and the reason given if
// the record has no packets at all, packets without bytes, bytes without packets, or too many of them.
bool AppendBiflow(const BiflowRecord& record, Biflow how, uint64_t line, FlowBatch* batch,
                  std::string* reason);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_BIFLOW_H_
