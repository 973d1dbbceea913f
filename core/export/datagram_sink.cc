#include "core/export/datagram_sink.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/home_host.h"
#include "core/export/peer_wait.h"
#include "core/export/sink_position.h"

namespace stanflow {
namespace {

// Flows that are encoded before they are sent: some hundred datagrams, which stay in the processor's cache.
constexpr size_t kRowsAtOnce = 4096;
// Before another try after what the network says is wrong.
constexpr std::chrono::milliseconds kRetry{100};

struct Exporter {
  std::unique_ptr<DatagramEncoder> encoder;
  DatagramSender sender;
  DatagramBatch batch;
};

class DatagramSink final : public FlowSink {
 public:
  DatagramSink(std::string name, const SinkOptions& options, const Clock* clock)
      : name_(std::move(name)), options_(options), clock_(clock), wait_(&options_, clock) {}

  absl::Status Open(const DatagramFormat& format,
                    const std::function<absl::StatusOr<DatagramSender>()>& connect) {
    STANFLOW_ASSIGN_OR_RETURN(std::optional<SinkPosition> position,
                              ReadSinkPosition(options_, name_, options_.exporters));
    if (position) resumed_ = position->mark;
    for (uint32_t i = 0; i < options_.exporters; ++i) {
      const auto sequence = position ? static_cast<uint32_t>(position->numbers[i]) : 0;
      STANFLOW_ASSIGN_OR_RETURN(DatagramSender sender, connect());
      STANFLOW_ASSIGN_OR_RETURN(std::unique_ptr<DatagramEncoder> encoder,
                                format.new_encoder(i, sequence, sender.max_payload()));
      exporters_.push_back({std::move(encoder), std::move(sender), {}});
    }
    return absl::OkStatus();
  }

  const StreamMark& resumed() const override { return resumed_; }
  bool sends_again() const override { return true; }

  absl::Status Write(const FlowTable& flows, size_t begin, size_t end) override {
    for (; begin < end; begin = std::min(end, begin + kRowsAtOnce)) {
      STANFLOW_RETURN_IF_ERROR(Encode(flows, begin, std::min(end, begin + kRowsAtOnce)));
      STANFLOW_RETURN_IF_ERROR(SendAll());
    }
    return absl::OkStatus();
  }

  absl::Status Commit(const StreamMark& mark) override {
    for (Exporter& exporter : exporters_) {
      STANFLOW_RETURN_IF_ERROR(exporter.encoder->Flush(&exporter.batch));
    }
    STANFLOW_RETURN_IF_ERROR(SendAll());
    SinkPosition position = {mark, {}};
    for (const Exporter& exporter : exporters_) {
      position.numbers.push_back(exporter.encoder->next_sequence());
    }
    return WriteSinkPosition(options_, name_, position);
  }

  absl::Status Finish() override { return absl::OkStatus(); }

  SinkCounts counts() const override {
    SinkCounts counts;
    counts.errors = failures_;
    counts.waited = wait_.waited();
    for (const Exporter& exporter : exporters_) {
      const SenderCounts& sent = exporter.sender.counts();
      counts.flows += sent.sent_flows;
      counts.packets += sent.sent_datagrams;
      counts.bytes += sent.sent_bytes;
      counts.dropped_flows += sent.dropped_flows;
      counts.errors += sent.unreachable;
      const EncoderCounts encoded = exporter.encoder->counts();
      counts.clamped_values += encoded.clamped_counters + encoded.clamped_starts;
    }
    return counts;
  }

 private:
  size_t ExporterOf(const FlowTable& flows, size_t row) const {
    const std::optional<uint32_t> host = HomeHost(options_.home, flows, row);
    return host ? (*host - options_.home.network) % exporters_.size() : 0;
  }

  absl::Status Encode(const FlowTable& flows, size_t begin, size_t end) {
    while (begin < end) {
      const size_t index = exporters_.size() == 1 ? 0 : ExporterOf(flows, begin);
      size_t next = exporters_.size() == 1 ? end : begin + 1;
      while (next < end && ExporterOf(flows, next) == index) ++next;
      Exporter& exporter = exporters_[index];
      STANFLOW_RETURN_IF_ERROR(exporter.encoder->Add(flows, begin, next, &exporter.batch));
      begin = next;
    }
    return absl::OkStatus();
  }

  // Every batch is empty afterwards, unless it fails.
  absl::Status SendAll() {
    for (Exporter& exporter : exporters_) {
      size_t next = 0;
      // Also without datagrams: what ICMP has answered meanwhile is counted.
      do {
        STANFLOW_RETURN_IF_ERROR(SendSome(&exporter, &next));
      } while (next < exporter.batch.size());
      exporter.batch.Clear();
    }
    return absl::OkStatus();
  }

  // Some of a batch, or a wait.
  absl::Status SendSome(Exporter* exporter, size_t* next) {
    const size_t before = *next;
    const absl::Status sent = exporter->sender.Send(exporter->batch, next);
    if (!sent.ok()) ++failures_;
    if (absl::IsInvalidArgument(sent)) return sent;
    if (*next > before) wait_.End();
    if (*next == exporter->batch.size()) return absl::OkStatus();
    if (options_.when_full == WhenFull::kDrop) {
      exporter->sender.Drop(exporter->batch, *next);
      *next = exporter->batch.size();
      return absl::OkStatus();
    }
    STANFLOW_RETURN_IF_ERROR(wait_.Next(sent));
    if (sent.ok()) {
      exporter->sender.WaitForRoom(kStopCheck);
    } else {
      clock_->SleepUntil(clock_->SteadyNow() + kRetry);
    }
    return absl::OkStatus();
  }

  const std::string name_;
  const SinkOptions options_;
  const Clock* const clock_;
  PeerWait wait_;
  StreamMark resumed_;
  std::vector<Exporter> exporters_;
  uint64_t failures_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowSink>> OpenDatagramSink(
    const DatagramFormat& format, const std::function<absl::StatusOr<DatagramSender>()>& connect,
    const SinkOptions& options, const Clock* clock) {
  const std::string name = StrCat(format.name, ": next sequence of each exporter");
  auto sink = std::make_unique<DatagramSink>(name, options, clock);
  STANFLOW_RETURN_IF_ERROR(sink->Open(format, connect));
  return sink;
}

}  // namespace stanflow
