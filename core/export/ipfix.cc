#include "core/export/ipfix.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/base/status_macros.h"
#include "core/export/big_endian.h"
#include "core/export/exporter_times.h"
#include "core/export/fixbuf_message.h"

namespace stanflow {
namespace {

// RFC 7011, section 3.1.
constexpr size_t kExportTimeAt = 4, kSequenceAt = 8;

class IpfixEncoder final : public DatagramEncoder {
 public:
  IpfixEncoder(const IpfixOptions& options, std::unique_ptr<FixbufMessage> message)
      : message_(std::move(message)), timer_(options.templates), sequence_(options.first_sequence) {}

  absl::Status Add(const FlowTable& flows, size_t begin, size_t end, DatagramBatch* out) override {
    for (size_t i = begin; i < end; ++i) STANFLOW_RETURN_IF_ERROR(AddFlow(flows.Row(i), out));
    return absl::OkStatus();
  }

  absl::Status Flush(DatagramBatch* out) override {
    if (pending_ == 0) return absl::OkStatus();
    STANFLOW_ASSIGN_OR_RETURN(const std::string_view message, message_->Take());
    HandOut(message, pending_, out);
    timer_.CountPacket();
    pending_ = 0;
    return absl::OkStatus();
  }

  size_t pending() const override { return pending_; }
  uint32_t next_sequence() const override { return sequence_; }
  EncoderCounts counts() const override { return counts_; }

 private:
  // The library refuses a flow when the message is full, and once after templates: at most both, one after
  // the other.
  static constexpr int kTries = 3;

  absl::Status AddFlow(const Flow& flow, DatagramBatch* out) {
    for (int i = 0; i < kTries; ++i) {
      if (pending_ == 0 && timer_.Due(flow.end_ms)) STANFLOW_RETURN_IF_ERROR(SendTemplates(flow, out));
      STANFLOW_ASSIGN_OR_RETURN(const bool taken, message_->Append(flow));
      if (taken) {
        ++pending_;
        export_ms_ = std::max(export_ms_, CeilToSecond(flow.end_ms));
        return absl::OkStatus();
      }
      STANFLOW_RETURN_IF_ERROR(Flush(out));
    }
    return absl::InternalError("libfixbuf takes no flow into an empty message");
  }

  absl::Status SendTemplates(const Flow& next, DatagramBatch* out) {
    STANFLOW_ASSIGN_OR_RETURN(const std::string_view message, message_->TakeTemplates());
    export_ms_ = std::max(export_ms_, CeilToSecond(next.end_ms));
    HandOut(message, 0, out);
    timer_.Sent(next.end_ms);
    return absl::OkStatus();
  }

  // The library writes the machine's time when it begins a message, and counts from 0: the export is at the
  // last flow's end, and the count goes on from where the stream was.
  void HandOut(std::string_view message, size_t flows, DatagramBatch* out) {
    const size_t begin = out->datagram_begin();
    out->bytes()->append(message);
    PutU32(static_cast<uint32_t>(export_ms_ / kSecondMs), begin + kExportTimeAt, out->bytes());
    PutU32(sequence_, begin + kSequenceAt, out->bytes());
    out->EndDatagram(flows);
    sequence_ += static_cast<uint32_t>(flows);
    counts_.flows += flows;
    ++counts_.datagrams;
  }

  const std::unique_ptr<FixbufMessage> message_;
  TemplateTimer timer_;
  size_t pending_ = 0;
  int64_t export_ms_ = 0;
  uint32_t sequence_;
  EncoderCounts counts_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<DatagramEncoder>> NewIpfixEncoder(const IpfixOptions& options) {
  STANFLOW_RETURN_IF_ERROR(CheckMaxPayload(options.max_payload));
  STANFLOW_RETURN_IF_ERROR(CheckTemplateSchedule(options.templates));
  STANFLOW_ASSIGN_OR_RETURN(std::unique_ptr<FixbufMessage> message,
                            FixbufMessage::New(options.observation_domain, options.max_payload));
  return std::make_unique<IpfixEncoder>(options, std::move(message));
}

}  // namespace stanflow
