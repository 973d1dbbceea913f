#include "core/io/biflow.h"

#include <utility>

#include "core/base/strings.h"
#include "core/flow/protocol.h"

namespace stanflow {
namespace {

bool HasPackets(const Flow& flow) { return flow.packets > 0; }

bool Plausible(const Flow& flow, std::string_view whose, std::string* reason) {
  if (HasPackets(flow) != (flow.bytes > 0)) {
    *reason = StrCat("has ", HasPackets(flow) ? "packets but no bytes" : "bytes but no packets", " from the ",
                     whose);
    return false;
  }
  if (flow.packets > kMaxFlowCount || flow.bytes > kMaxFlowCount) {
    *reason = StrCat("has more than ", kMaxFlowCount, " packets or bytes from the ", whose);
    return false;
  }
  return true;
}

Flow Both(const BiflowRecord& record) {
  Flow flow = record.forward;
  flow.packets += record.reverse.packets;
  flow.bytes += record.reverse.bytes;
  flow.tcp_flags = static_cast<uint8_t>(flow.tcp_flags | record.reverse.tcp_flags);
  return flow;
}

void Append(const Flow& flow, uint64_t line, FlowBatch* batch) {
  batch->flows.Append(flow);
  batch->lines.push_back(line);
}

}  // namespace

absl::StatusOr<Biflow> ParseBiflow(std::string_view word) {
  if (word == "split") return Biflow::kSplit;
  if (word == "keep") return Biflow::kKeep;
  return absl::InvalidArgumentError(StrCat("biflow: '", word, "' is not known; it is one of split, keep"));
}

std::optional<uint8_t> IcmpCounterpart(uint8_t type) {
  static constexpr std::pair<uint8_t, uint8_t> kPairs[] = {{8, 0}, {13, 14}, {15, 16}, {17, 18}, {10, 9}};
  for (const auto& [asks, answers] : kPairs) {
    if (type == asks) return answers;
    if (type == answers) return asks;
  }
  return std::nullopt;
}

Flow Reversed(const Flow& flow) {
  Flow reverse = flow;
  std::swap(reverse.source_address, reverse.destination_address);
  if (flow.protocol == kIcmp) {
    const auto answer = IcmpCounterpart(static_cast<uint8_t>(flow.destination_port >> 8));
    if (answer) reverse.destination_port = static_cast<uint16_t>(*answer << 8);
  } else {
    std::swap(reverse.source_port, reverse.destination_port);
  }
  reverse.packets = reverse.bytes = 0;
  reverse.tcp_flags = reverse.tos = 0;
  return reverse;
}

bool AppendBiflow(const BiflowRecord& record, Biflow how, uint64_t line, FlowBatch* batch,
                  std::string* reason) {
  if (!Plausible(record.forward, "initiator", reason) || !Plausible(record.reverse, "responder", reason)) {
    return false;
  }
  if (!HasPackets(record.forward) && !HasPackets(record.reverse)) {
    *reason = "has no packets in either direction";
    return false;
  }
  if (how == Biflow::kKeep) {
    const Flow both = Both(record);
    if (both.packets > kMaxFlowCount || both.bytes > kMaxFlowCount) {
      *reason = StrCat("has more than ", kMaxFlowCount, " packets or bytes in both directions together");
      return false;
    }
    Append(both, line, batch);
    return true;
  }
  if (HasPackets(record.forward)) Append(record.forward, line, batch);
  if (HasPackets(record.reverse)) Append(record.reverse, line, batch);
  return true;
}

}  // namespace stanflow
