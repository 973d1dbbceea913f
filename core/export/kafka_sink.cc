#include "core/export/kafka_sink.h"

#include <string>
#include <utility>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/flow_message.h"
#include "core/export/home_host.h"
#include "core/export/kafka_mark.h"
#include "core/export/kafka_producer.h"
#include "core/export/patience.h"

namespace stanflow {
namespace {

KafkaStream StreamOf(const KafkaSink& url, const SinkOptions& options) {
  KafkaStream stream;
  for (const HostPort& broker : url.brokers) {
    const bool ipv6 = broker.host.find(':') != std::string::npos;
    StrAppend(&stream.brokers, stream.brokers.empty() ? "" : ",", ipv6 ? "[" : "", broker.host,
              ipv6 ? "]:" : ":", broker.port);
  }
  stream.topic = url.topic;
  stream.name = StrCat("stanflow-", options.stream_id);
  return stream;
}

// The newest mark, kept beside the brokers' own: they forget a group's offsets some time after its last
// commit (offsets.retention.minutes, 7 days unless told otherwise), or with the topic.
std::string MarkFile(const SinkOptions& options) { return options.state_dir + "/kafka_mark.json"; }

absl::Status CheckOwnMark(const std::string& path, const KafkaStream& stream,
                          const StreamMark& brokers_mark) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return absl::OkStatus();
  if (!text.ok()) return text.status();
  const absl::StatusOr<StreamMark> own = ParseStreamMark(*text);
  if (!own.ok()) {
    return absl::DataLossError(
        StrCat(path, " is damaged: ", ToStd(own.status().message()), "; start the stream anew"));
  }
  if (own->rows <= brokers_mark.rows) return absl::OkStatus();
  return absl::DataLossError(StrCat("topic '", stream.topic, "': ", own->rows,
                                    " flows were committed, but group '", stream.name, "' knows of ",
                                    brokers_mark.rows,
                                    ": its offset expired (offsets.retention.minutes) or the topic was made "
                                    "anew; going on would send flows twice"));
}

class TransactionalSink final : public FlowSink {
 public:
  TransactionalSink(const SinkOptions& options, const Clock* clock, std::unique_ptr<FlowMessageWriter> writer)
      : options_(options), clock_(*clock), patience_(options, clock), writer_(std::move(writer)) {}

  absl::Status Open(const KafkaStream& stream) {
    STANFLOW_ASSIGN_OR_RETURN(producer_, KafkaProducer::Open(stream, &patience_));
    STANFLOW_ASSIGN_OR_RETURN(resumed_, ReadKafkaMark(stream, &patience_));
    committed_ = resumed_;
    return CheckOwnMark(MarkFile(options_), stream, resumed_);
  }

  const StreamMark& resumed() const override { return resumed_; }
  bool sends_again() const override { return false; }

  absl::Status Write(const FlowTable& flows, size_t begin, size_t end) override {
    for (size_t row = begin; row < end; ++row) {
      writer_->Write(flows, row, &message_);
      const uint32_t host = HomeHost(options_.home, flows, row).value_or(flows.source_address[row]);
      const absl::Status sent = Send(FormatIpv4(host));
      if (!sent.ok()) return GiveUp(sent);
    }
    producer_->TakeReports();
    return absl::OkStatus();
  }

  absl::Status Commit(const StreamMark& mark) override {
    if (mark == committed_) return absl::OkStatus();
    const absl::Status done = producer_->Commit(mark);
    if (!done.ok()) return GiveUp(done);
    committed_ = mark;
    return WriteFileDurably(MarkFile(options_), FormatStreamMark(mark));
  }

  absl::Status Finish() override { return absl::OkStatus(); }

  SinkCounts counts() const override {
    const KafkaReports& reports = producer_->reports();
    SinkCounts counts;
    counts.flows = counts.packets = reports.acknowledged;
    counts.bytes = reports.acknowledged_bytes;
    counts.dropped_flows = dropped_;
    counts.errors = reports.connection_errors + reports.refused;
    counts.waited = waited_;
    return counts;
  }

 private:
  absl::Status Send(const std::string& key) {
    STANFLOW_ASSIGN_OR_RETURN(bool taken, producer_->TrySend(key, message_));
    if (taken) return absl::OkStatus();
    // Room comes with the reports of messages that are out.
    producer_->TakeReports();
    STANFLOW_ASSIGN_OR_RETURN(taken, producer_->TrySend(key, message_));
    if (taken) return absl::OkStatus();
    if (options_.when_full == WhenFull::kWait) return WaitAndSend(key);
    ++dropped_;
    return absl::OkStatus();
  }

  absl::Status WaitAndSend(const std::string& key) {
    const auto start = clock_.SteadyNow();
    const absl::Status sent = SendOnceThereIsRoom(key);
    waited_ += clock_.SteadyNow() - start;
    return sent;
  }

  absl::Status SendOnceThereIsRoom(const std::string& key) {
    patience_.Renew();
    while (true) {
      STANFLOW_RETURN_IF_ERROR(producer_->WaitForReports());
      STANFLOW_ASSIGN_OR_RETURN(const bool taken, producer_->TrySend(key, message_));
      if (taken) return absl::OkStatus();
    }
  }

  absl::Status GiveUp(absl::Status why) {
    producer_->Abort();
    return why;
  }

  const SinkOptions options_;
  const Clock& clock_;
  Patience patience_;
  const std::unique_ptr<FlowMessageWriter> writer_;
  std::unique_ptr<KafkaProducer> producer_;  // gone before patience_
  StreamMark resumed_, committed_;
  std::string message_;
  uint64_t dropped_ = 0;
  std::chrono::nanoseconds waited_{0};
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowSink>> OpenKafkaSink(const KafkaSink& url, const SinkOptions& options,
                                                        const Clock* clock) {
  auto sink = std::make_unique<TransactionalSink>(options, clock, NewFlowMessageWriter(url.format));
  STANFLOW_RETURN_IF_ERROR(sink->Open(StreamOf(url, options)));
  return absl::StatusOr<std::unique_ptr<FlowSink>>(std::move(sink));
}

}  // namespace stanflow
