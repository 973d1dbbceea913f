#include "core/export/netflow9.h"

#include <string>
#include <vector>

#include "core/base/status_macros.h"
#include "core/export/big_endian.h"
#include "core/export/exporter_times.h"
#include "core/export/netflow9_layout.h"

namespace stanflow {
namespace {

constexpr size_t kHeaderBytes = 20, kSetHeaderBytes = 4;

constexpr size_t RoundUp4(size_t octets) { return (octets + 3) / 4 * 4; }

// A datagram is planned while its flows come and written when it is full: its times depend on all of them.
class NetFlow9Encoder final : public DatagramEncoder {
 public:
  explicit NetFlow9Encoder(const NetFlow9Options& options)
      : options_(options), timer_(options.templates), sequence_(options.first_sequence) {}

  absl::Status Add(const FlowTable& flows, size_t begin, size_t end, DatagramBatch* out) override {
    for (size_t i = begin; i < end; ++i) AddFlow(flows.Row(i), out);
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
  void AddFlow(const Flow& flow, DatagramBatch* out) {
    const NetFlow9Layout& layout = NetFlow9LayoutOf(flow);
    if (!pending_.empty() && RoundUp4(SizeWith(layout)) > options_.max_payload) Finish(out);
    if (pending_.empty()) {
      templates_ = timer_.Due(flow.end_ms);
      size_ = kHeaderBytes + (templates_ ? NetFlow9TemplateSetBytes() : 0);
      open_ = nullptr;
      if (templates_) timer_.Sent(flow.end_ms);
    }
    size_ = SizeWith(layout);
    open_ = &layout;
    pending_.push_back(flow);
  }

  // Octets of the datagram with one more record of `layout`, but for the padding of its last set.
  size_t SizeWith(const NetFlow9Layout& layout) const {
    return (open_ == &layout ? size_ : RoundUp4(size_) + kSetHeaderBytes) + layout.record_bytes;
  }

  void Finish(DatagramBatch* out) {
    const PacketTimes times = times_.Next(pending_);
    AppendHeader(times, out->bytes());
    if (templates_) AppendNetFlow9TemplateSet(out->bytes());
    size_t row = 0;
    while (row < pending_.size()) row = AppendSet(row, times, out->bytes());
    out->EndDatagram(pending_.size());
    timer_.CountPacket();
    ++sequence_;
    ++counts_.datagrams;
    counts_.flows += pending_.size();
    pending_.clear();
  }

  void AppendHeader(const PacketTimes& times, std::string* out) const {
    AppendU16(9, out);
    // RFC 3954, section 5.1: records of data and of templates.
    AppendU16(static_cast<uint16_t>(pending_.size() + (templates_ ? NetFlow9Layouts().size() : 0)), out);
    AppendU32(times.uptime_ms, out);
    AppendU32(times.unix_seconds, out);
    AppendU32(sequence_, out);
    AppendU32(options_.source_id, out);
  }

  // The run of flows from `row` on that share a layout; answers the first flow behind it.
  size_t AppendSet(size_t row, const PacketTimes& times, std::string* out) const {
    const NetFlow9Layout& layout = NetFlow9LayoutOf(pending_[row]);
    const size_t begin = out->size();
    AppendU16(layout.template_id, out);
    AppendU16(0, out);
    for (; row < pending_.size() && &NetFlow9LayoutOf(pending_[row]) == &layout; ++row) {
      for (const NetFlow9Field& field : layout.fields) field.append(pending_[row], times, out);
    }
    out->resize(begin + RoundUp4(out->size() - begin), '\0');
    PutU16(static_cast<uint16_t>(out->size() - begin), begin + 2, out);
    return row;
  }

  const NetFlow9Options options_;
  TemplateTimer timer_;
  ExporterTimes times_;
  std::vector<Flow> pending_;
  // The datagram that is planned: whether it has templates, its octets so far, and the layout of its last
  // set.
  bool templates_ = false;
  size_t size_ = 0;
  const NetFlow9Layout* open_ = nullptr;
  uint32_t sequence_;
  EncoderCounts counts_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<DatagramEncoder>> NewNetFlow9Encoder(const NetFlow9Options& options) {
  STANFLOW_RETURN_IF_ERROR(CheckMaxPayload(options.max_payload));
  STANFLOW_RETURN_IF_ERROR(CheckTemplateSchedule(options.templates));
  return std::make_unique<NetFlow9Encoder>(options);
}

}  // namespace stanflow
