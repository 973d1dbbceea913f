#ifndef STANFLOW_TESTS_CORE_EXPORT_EXPORT_TESTING_H_
#define STANFLOW_TESTS_CORE_EXPORT_EXPORT_TESTING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "core/base/philox.h"
#include "core/base/strings.h"
#include "core/export/datagram_batch.h"
#include "core/export/datagram_encoder.h"
#include "core/flow/flow.h"
#include "core/flow/protocol.h"
#include "core/flow/time.h"
#include "gtest/gtest.h"

namespace stanflow {

// Ends 2024-01-08T09:30:01.250Z after 22.052 s: start 1704706179198 ms, next whole second 1704706202 s.
inline Flow ExampleFlow() {
  return {1704706201250, 22052, 0xC6336407, 0x0A010005, 17784, 22, 6, 26, 8, 35, 3928};
}

inline std::string Hex(std::string_view octets) { return absl::BytesToHexString(ToAbsl(octets)); }

// The hexadecimal digits of `text` without the blanks that group them.
inline std::string Digits(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != ' '; });
  return digits;
}

// Flows of `span_ms` of time, in the order of their ends, with values all over what a flow can hold, but
// durations below half an hour. One in eight is ICMP.
inline FlowTable ManyFlows(size_t rows, int64_t span_ms = kDayMs) {
  std::vector<Flow> flows;
  for (uint32_t i = 0; i < rows; ++i) {
    const auto a = Philox4x32({i, 0, 0, 0}, {3, 4});
    const auto b = Philox4x32({i, 1, 0, 0}, {3, 4});
    Flow flow;
    flow.end_ms = 1704706201250 + static_cast<int64_t>(span_ms * (a[0] / 4294967296.0));
    flow.duration_ms = a[1] % (30 * 60 * 1000);
    flow.source_address = a[2];
    flow.destination_address = a[3];
    flow.source_port = static_cast<uint16_t>(b[0]);
    flow.destination_port = static_cast<uint16_t>(b[0] >> 16);
    flow.protocol = b[1] % 8 == 0 ? kIcmp : static_cast<uint8_t>(b[1] >> 8);
    flow.tcp_flags = static_cast<uint8_t>(b[1] >> 16);
    flow.tos = static_cast<uint8_t>(b[1] >> 24);
    flow.packets = 1 + b[2];
    flow.bytes = 1 + (b[3] % 16 == 0 ? uint64_t{b[3]} << 15 : uint64_t{b[3]});
    flows.push_back(flow);
  }
  std::stable_sort(flows.begin(), flows.end(),
                   [](const Flow& x, const Flow& y) { return x.end_ms < y.end_ms; });
  FlowTable table;
  for (const Flow& flow : flows) table.Append(flow);
  return table;
}

// What a format with ports and 64 bits carries of a flow.
inline Flow Carried(Flow flow) {
  flow.source_port = ExportedSourcePort(flow);
  return flow;
}

inline FlowTable OneFlow(const Flow& flow) {
  FlowTable table;
  table.Append(flow);
  return table;
}

// All of `flows` through `encoder`, in pieces, and what waits at the end.
inline DatagramBatch EncodeAll(DatagramEncoder* encoder, const FlowTable& flows, size_t piece = 1000) {
  DatagramBatch batch;
  for (size_t begin = 0; begin < flows.size(); begin += piece) {
    EXPECT_TRUE(encoder->Add(flows, begin, std::min(begin + piece, flows.size()), &batch).ok());
  }
  EXPECT_TRUE(encoder->Flush(&batch).ok());
  EXPECT_EQ(encoder->pending(), 0u);
  return batch;
}

// Numbers one after the other, most significant octet first.
class OctetReader {
 public:
  explicit OctetReader(std::string_view octets) : octets_(octets) {}

  uint64_t Number(size_t octets) {
    if (octets > left()) {
      ADD_FAILURE() << "only " << left() << " octets are left, not " << octets;
      octets_ = {};
      return 0;
    }
    uint64_t number = 0;
    for (size_t i = 0; i < octets; ++i) number = number << 8 | static_cast<uint8_t>(octets_[i]);
    octets_.remove_prefix(octets);
    return number;
  }
  uint8_t U8() { return static_cast<uint8_t>(Number(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Number(2)); }
  uint32_t U32() { return static_cast<uint32_t>(Number(4)); }
  // The next octets as a reader of their own.
  OctetReader Part(size_t octets) {
    const size_t count = std::min(octets, left());
    EXPECT_EQ(count, octets);
    OctetReader part(octets_.substr(0, count));
    octets_.remove_prefix(count);
    return part;
  }
  size_t left() const { return octets_.size(); }

 private:
  std::string_view octets_;
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_EXPORT_EXPORT_TESTING_H_
