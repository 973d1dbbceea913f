#include "core/export/netflow5.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "core/base/status_macros.h"
#include "core/export/big_endian.h"
#include "core/export/exporter_times.h"

namespace stanflow {
namespace {

constexpr size_t kHeaderBytes = 24, kRecordBytes = 48, kMaxRecords = 30;
constexpr uint64_t kMaxCounter = std::numeric_limits<uint32_t>::max();

uint32_t Clamped(uint64_t counter) { return static_cast<uint32_t>(std::min(counter, kMaxCounter)); }

void AppendRecord(const Flow& flow, const PacketTimes& times, std::string* out) {
  AppendU32(flow.source_address, out);
  AppendU32(flow.destination_address, out);
  AppendU32(0, out);  // nexthop
  AppendU16(0, out);  // input
  AppendU16(0, out);  // output
  AppendU32(Clamped(flow.packets), out);
  AppendU32(Clamped(flow.bytes), out);
  AppendU32(times.UptimeAt(StartMs(flow)), out);
  AppendU32(times.UptimeAt(flow.end_ms), out);
  AppendU16(ExportedSourcePort(flow), out);
  AppendU16(flow.destination_port, out);
  AppendU8(0, out);  // pad1
  AppendU8(flow.tcp_flags, out);
  AppendU8(flow.protocol, out);
  AppendU8(flow.tos, out);
  AppendU16(0, out);  // src_as
  AppendU16(0, out);  // dst_as
  AppendU8(0, out);   // src_mask
  AppendU8(0, out);   // dst_mask
  AppendU16(0, out);  // pad2
}

class NetFlow5Encoder final : public DatagramEncoder {
 public:
  explicit NetFlow5Encoder(const NetFlow5Options& options)
      : options_(options),
        capacity_(std::min(kMaxRecords, (options.max_payload - kHeaderBytes) / kRecordBytes)),
        sequence_(options.first_sequence) {}

  absl::Status Add(const FlowTable& flows, size_t begin, size_t end, DatagramBatch* out) override {
    for (size_t i = begin; i < end; ++i) {
      pending_.push_back(flows.Row(i));
      if (pending_.size() == capacity_) Finish(out);
    }
    return absl::OkStatus();
  }

  absl::Status Flush(DatagramBatch* out) override {
    if (!pending_.empty()) Finish(out);
    return absl::OkStatus();
  }

  size_t pending() const override { return pending_.size(); }
  uint32_t next_sequence() const override { return sequence_; }

  EncoderCounts counts() const override {
    EncoderCounts counts = counts_;
    counts.clamped_starts = times_.clamped_starts();
    counts.boot_moves = times_.boot_moves();
    return counts;
  }

 private:
  void Finish(DatagramBatch* out) {
    const PacketTimes times = times_.Next(pending_);
    AppendHeader(times, out->bytes());
    for (const Flow& flow : pending_) {
      AppendRecord(flow, times, out->bytes());
      if (flow.packets > kMaxCounter || flow.bytes > kMaxCounter) ++counts_.clamped_counters;
    }
    out->EndDatagram(pending_.size());
    sequence_ += static_cast<uint32_t>(pending_.size());
    counts_.flows += pending_.size();
    ++counts_.datagrams;
    pending_.clear();
  }

  void AppendHeader(const PacketTimes& times, std::string* out) const {
    AppendU16(5, out);
    AppendU16(static_cast<uint16_t>(pending_.size()), out);
    AppendU32(times.uptime_ms, out);
    AppendU32(times.unix_seconds, out);
    AppendU32(0, out);  // unix_nsecs: the export is at a whole second
    AppendU32(sequence_, out);
    AppendU8(options_.engine_type, out);
    AppendU8(options_.engine_id, out);
    AppendU16(0, out);  // sampling: none
  }

  const NetFlow5Options options_;
  const size_t capacity_;
  ExporterTimes times_;
  std::vector<Flow> pending_;
  uint32_t sequence_;
  EncoderCounts counts_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<DatagramEncoder>> NewNetFlow5Encoder(const NetFlow5Options& options) {
  STANFLOW_RETURN_IF_ERROR(CheckMaxPayload(options.max_payload));
  return std::make_unique<NetFlow5Encoder>(options);
}

}  // namespace stanflow
