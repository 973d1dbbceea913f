#include "core/export/syslog_tcp_sink.h"

#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/base/status_macros.h"
#include "core/export/peer_address.h"
#include "core/export/peer_wait.h"
#include "core/export/sink_position.h"
#include "core/export/syslog_cef.h"
#include "core/export/tcp_lines.h"

namespace stanflow {
namespace {

constexpr size_t kRowsAtOnce = 1024;  // some hundred kilobytes of lines

class SyslogTcpSink final : public FlowSink {
 public:
  SyslogTcpSink(const SyslogSink& url, const SinkOptions& options, const Clock* clock,
                std::unique_ptr<FlowWriter> writer, StreamMark resumed)
      : options_(options),
        resumed_(std::move(resumed)),
        writer_(std::move(writer)),
        lines_(url.address, clock),
        wait_(&options_, clock) {}

  static constexpr std::string_view kName = "syslog over TCP";

  const StreamMark& resumed() const override { return resumed_; }
  bool sends_again() const override { return true; }

  absl::Status Write(const FlowTable& flows, size_t begin, size_t end) override {
    for (; begin < end; begin = std::min(end, begin + kRowsAtOnce)) {
      text_.clear();
      writer_->AppendRows(flows, begin, std::min(end, begin + kRowsAtOnce), &text_);
      lines_.Append(text_);
      STANFLOW_RETURN_IF_ERROR(PushUntil([this] { return lines_.all_sent(); }));
    }
    return absl::OkStatus();
  }

  absl::Status Commit(const StreamMark& mark) override {
    if (!lines_.all_acknowledged()) {
      STANFLOW_RETURN_IF_ERROR(PushUntil([this] { return lines_.all_acknowledged(); }));
    }
    return WriteSinkPosition(options_, kName, {mark, {}});
  }

  absl::Status Finish() override {
    absl::Status waiting;
    for (size_t least = lines_.unacknowledged(); !lines_.all_acknowledged() && waiting.ok();) {
      lines_.Wait(kStopCheck);
      lines_.Push().IgnoreError();  // it is counted, and tried again
      if (lines_.unacknowledged() < least) wait_.End();
      least = std::min(least, lines_.unacknowledged());
      if (least > 0) waiting = wait_.Next(absl::UnavailableError("the last lines are not acknowledged"));
    }
    dropped_ += lines_.GiveUp();
    return absl::IsCancelled(waiting) ? waiting : absl::OkStatus();
  }

  SinkCounts counts() const override {
    SinkCounts counts;
    counts.flows = lines_.sent_lines();
    counts.bytes = lines_.sent_bytes();
    counts.dropped_flows = dropped_;
    counts.errors = lines_.failures();
    counts.waited = wait_.waited();
    return counts;
  }

 private:
  // Once, and drops what was not taken, or until it is `done`. A peer that has not had the time to answer the
  // first connection is not full.
  template <typename Done>
  absl::Status PushUntil(const Done& done) {
    while (true) {
      const absl::Status peer = lines_.Push();
      if (peer.ok() && done()) {
        wait_.End();
        return absl::OkStatus();
      }
      if (options_.when_full == WhenFull::kDrop && !lines_.connecting_first()) {
        dropped_ += lines_.DropUnsent();
        if (!peer.ok()) return wait_.Next(peer);
        wait_.End();
        return absl::OkStatus();
      }
      STANFLOW_RETURN_IF_ERROR(wait_.Next(peer));
      lines_.Wait(kStopCheck);
    }
  }

  const SinkOptions options_;
  const StreamMark resumed_;
  const std::unique_ptr<FlowWriter> writer_;
  std::string text_;
  TcpLines lines_;
  PeerWait wait_;
  uint64_t dropped_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowSink>> OpenSyslogTcpSink(const SyslogSink& url, const SinkOptions& options,
                                                            const Clock* clock) {
  SyslogCefOptions cef;
  cef.version = STANFLOW_VERSION;
  STANFLOW_ASSIGN_OR_RETURN(std::unique_ptr<FlowWriter> writer, NewSyslogCefWriter(cef));
  STANFLOW_RETURN_IF_ERROR(ResolvePeer(url.address, SOCK_STREAM).status());
  STANFLOW_ASSIGN_OR_RETURN(const std::optional<SinkPosition> position,
                            ReadSinkPosition(options, SyslogTcpSink::kName, 0));
  return std::make_unique<SyslogTcpSink>(url, options, clock, std::move(writer),
                                         position ? position->mark : StreamMark());
}

}  // namespace stanflow
