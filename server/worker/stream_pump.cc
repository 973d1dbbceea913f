#include "server/worker/stream_pump.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr std::chrono::milliseconds kReportEvery{500};

absl::Status Stopped() { return absl::CancelledError("the stream was stopped"); }

}  // namespace

StreamPump::StreamPump(StreamPumpOptions options, FlowSink* sink, const Clock* clock, std::string sent)
    : options_(std::move(options)),
      sink_(sink),
      clock_(clock),
      pacer_({options_.pace, PacerOptions().quantum, PacerOptions().stop_check, options_.stop_requested,
              [this](double seconds, size_t flows) { CountLateness(seconds, flows); }},
             clock),
      mark_(sink->resumed()),
      committed_rows_(mark_.rows),
      commit_at_(clock->SteadyNow() + options_.commit_every),
      report_at_(clock->SteadyNow()) {
  report_.sink = options_.sink_name;
  if (options_.pace.kind != Pace::Kind::kUnlimited) report_.lateness_buckets.resize(kLatenessBuckets);
  if (sent.empty()) return;
  sent_fd_ = ::open(sent.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  // Without it only a figure is missing.
  if (sent_fd_ < 0) LogWarning("flows sent again can't be counted", {{"file", sent}});
  if (sent_fd_ >= 0 && ::pread(sent_fd_, &sent_before_, sizeof(sent_before_), 0) != sizeof(sent_before_))
    sent_before_ = 0;
}

StreamPump::~StreamPump() {
  if (sent_fd_ >= 0) ::close(sent_fd_);
}

absl::Status StreamPump::Run(FlowSource* source) {
  FlowTable flows;
  StreamMark before = {mark_.token_rows, mark_.token, mark_.token_rows};
  while (true) {
    const absl::StatusOr<bool> more = source->Next(&flows);
    if (!more.ok()) {
      STANFLOW_RETURN_IF_ERROR(Commit());
      return more.status();
    }
    if (!*more) break;
    const StreamMark after = {source->rows(), source->token(), source->rows()};
    if (after.rows != before.rows + flows.size()) {
      return absl::DataLossError(StrCat("a chunk of ", flows.size(), " flows leads from flow ", before.rows,
                                        " to flow ", after.rows));
    }
    const uint64_t passed_over = std::min<uint64_t>(mark_.rows - before.rows, flows.size());
    STANFLOW_RETURN_IF_ERROR(Carry(flows, passed_over, before, after));
    before = after;
  }
  STANFLOW_RETURN_IF_ERROR(Commit());
  STANFLOW_RETURN_IF_ERROR(sink_->Finish());
  Report();
  return absl::OkStatus();
}

absl::Status StreamPump::Carry(const FlowTable& flows, size_t begin, const StreamMark& before,
                               const StreamMark& after) {
  while (begin < flows.size()) {
    STANFLOW_RETURN_IF_ERROR(CommitBefore(pacer_.TimeToNext(flows, begin)));
    const size_t due = pacer_.Next(flows, begin);
    if (due == 0) {
      STANFLOW_RETURN_IF_ERROR(Commit());
      return Stopped();
    }
    NoteSent(mark_.rows + due);
    STANFLOW_RETURN_IF_ERROR(sink_->Write(flows, begin, begin + due));
    begin += due;
    mark_ = begin == flows.size() ? after : StreamMark{before.rows + begin, before.token, before.token_rows};
    report_.flow_end_ms = flows.end_ms[begin - 1];
    MaybeReport();
  }
  return absl::OkStatus();
}

// Before a wait of so long for the next flow.
absl::Status StreamPump::CommitBefore(std::chrono::nanoseconds wait) {
  if (mark_.rows == committed_rows_ || clock_->SteadyNow() + wait < commit_at_) return absl::OkStatus();
  return Commit();
}

absl::Status StreamPump::Commit() {
  if (mark_.rows != committed_rows_) STANFLOW_RETURN_IF_ERROR(sink_->Commit(mark_));
  committed_rows_ = mark_.rows;
  commit_at_ = clock_->SteadyNow() + options_.commit_every;
  return absl::OkStatus();
}

// Before they are: what a killed process was in the middle of sending may have gone out.
void StreamPump::NoteSent(uint64_t rows) {
  if (sent_fd_ < 0) return;
  const uint64_t begun = sink_->resumed().rows;
  report_.repeated_flows = std::min(rows, std::max(sent_before_, begun)) - begun;
  // Kept by the kernel when this process is killed; nothing waits for the disk.
  if (rows <= sent_before_ || ::pwrite(sent_fd_, &rows, sizeof(rows), 0) >= 0) return;
  LogWarning("flows sent again can't be counted");
  ::close(std::exchange(sent_fd_, -1));
}

void StreamPump::CountLateness(double seconds, size_t flows) {
  const auto* const bucket =
      std::lower_bound(std::begin(kLatenessSeconds), std::end(kLatenessSeconds), seconds);
  report_.lateness_buckets[bucket - std::begin(kLatenessSeconds)] += flows;
  report_.lateness_sum_seconds += seconds * static_cast<double>(flows);
  report_.lag_seconds = seconds;
}

void StreamPump::MaybeReport() {
  const Time now = clock_->SteadyNow();
  if (now < report_at_) return;
  report_at_ = now + kReportEvery;
  Report();
}

void StreamPump::Report() {
  const SinkCounts counts = sink_->counts();
  report_.flows = counts.flows;
  report_.packets = counts.packets;
  report_.bytes = counts.bytes;
  report_.dropped_flows = counts.dropped_flows;
  report_.clamped_values = counts.clamped_values;
  report_.errors = counts.errors;
  report_.waited_seconds = std::chrono::duration<double>(counts.waited).count();
  report_.committed_rows = committed_rows_;
  options_.report(report_, mark_.rows);
}

}  // namespace stanflow
