#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "client/cpp/generate_stream.h"
#include "client/cpp/interrupt.h"
#include "client/cpp/server.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/flow/time.h"
#include "server/worker/job_handler.h"
#include "server/worker/stream_pump.h"
#include "server/worker/stream_spec.h"

namespace stanflow {
namespace {

using nlohmann::json;

// A server that stops takes its workers with it: one that is gone for longer won't come back.
constexpr double kServerPatienceSeconds = 60;
constexpr std::chrono::milliseconds kCallTimeout{30000};
constexpr std::chrono::milliseconds kStopCheck{50};

// Turns the job's wish to stop into an interrupt, which ends a call that waits for flows.
class StopWatch {
 public:
  StopWatch(const std::function<bool()>& stop_requested, Interrupt* interrupt)
      : thread_([this, &stop_requested, interrupt] {
          while (!done_ && !stop_requested()) std::this_thread::sleep_for(kStopCheck);
          if (!done_) interrupt->Trigger();
        }) {}
  ~StopWatch() {
    done_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;  // last: it uses the above
};

v1::GenerateRequest RequestOf(const StreamJobSpec& spec) {
  v1::GenerateRequest request;
  request.set_model(spec.model);
  request.set_seed(spec.flows.seed);
  request.set_stream(spec.flows.stream);
  request.set_hosts(spec.flows.hosts);
  request.set_home(spec.flows.home.ToString());
  request.mutable_start()->set_seconds(FloorTo(spec.flows.start_ms, kSecondMs) / kSecondMs);
  request.mutable_start()->set_nanos(
      static_cast<int32_t>((spec.flows.start_ms - FloorTo(spec.flows.start_ms, kSecondMs)) * 1000000));
  if (spec.flows.rows) request.set_rows(*spec.flows.rows);
  if (spec.flows.duration_ms) {
    request.set_duration_seconds(static_cast<double>(*spec.flows.duration_ms) / kSecondMs);
  }
  return request;
}

// Flows a chunk: a slow stream reads often enough that the server does not take its reader for gone.
uint32_t ChunkRows(const Pace& pace) {
  constexpr uint32_t kUsual = 4096, kUnknown = 256;
  if (pace.kind == Pace::Kind::kUnlimited) return kUsual;
  if (pace.kind == Pace::Kind::kSpeed) return kUnknown;
  return static_cast<uint32_t>(std::clamp(pace.factor, 1.0, double{kUsual}));
}

class GenerateSource final : public FlowSource {
 public:
  GenerateSource(const Server* server, const StreamJobSpec& spec, const StreamMark& from)
      : stream_(server, WithChunks(spec), {from.token_rows, from.token},
                {kServerPatienceSeconds, [](const absl::Status& why) {
                   LogWarning("stream broke off", {{"why", why.ToString()}});
                 }}) {}

  absl::StatusOr<bool> Next(FlowTable* flows) override { return stream_.Next(flows); }
  uint64_t rows() const override { return stream_.position().rows; }
  const std::string& token() const override { return stream_.position().token; }

 private:
  static v1::GenerateRequest WithChunks(const StreamJobSpec& spec) {
    v1::GenerateRequest request = RequestOf(spec);
    request.set_chunk_rows(ChunkRows(spec.pace));
    return request;
  }

  GenerateStream stream_;
};

SinkOptions OptionsOf(const JobContext& context, const StreamJobSpec& spec) {
  SinkOptions options;
  options.state_dir = context.job_dir + "/checkpoint";
  options.stream_id = context.job_dir.substr(context.job_dir.rfind('/') + 1);
  options.file_dir = spec.file_dir;
  options.when_full = spec.when_full;
  options.exporters = spec.exporters;
  options.home = spec.flows.home;
  return options;
}

// The job's progress from what the pump tells of its sink. It is kept for ever, and streams may run for
// months: the longer a stream runs, the more seldom it is told.
class Progress {
 public:
  Progress(const JobContext* context, const StreamSpec& spec, uint64_t first_row)
      : context_(context), spec_(spec), first_row_(first_row) {}

  void Tell(const SinkReport& report, uint64_t rows) {
    const double seconds = std::chrono::duration<double>(Clock::Real().SteadyNow() - start_).count();
    const bool is_last = spec_.rows == rows;
    if (seconds < next_seconds_ && !is_last) return;
    next_seconds_ = seconds + std::clamp(seconds / 60, 0.5, 30.0);
    context_->progress(Describe(report, rows, seconds));
  }

 private:
  JobProgress Describe(const SinkReport& report, uint64_t rows, double seconds) {
    JobProgress progress;
    progress.phase = "streaming";
    if (seconds > 0) progress.rows_per_second = static_cast<double>(rows - first_row_) / seconds;
    progress.fraction = Fraction(report, rows);
    if (begun_fraction_ < 0) begun_fraction_ = progress.fraction;
    const double done = progress.fraction - begun_fraction_;
    if (done > 0) progress.seconds_left = seconds / done * (1 - progress.fraction);
    progress.message = StrCat(rows, " flows");
    if (report.dropped_flows > 0) StrAppend(&progress.message, ", ", report.dropped_flows, " dropped");
    if (report.repeated_flows > 0) StrAppend(&progress.message, ", ", report.repeated_flows, " sent again");
    return progress;
  }

  double Fraction(const SinkReport& report, uint64_t rows) const {
    if (spec_.rows) return static_cast<double>(rows) / std::max<uint64_t>(*spec_.rows, 1);
    if (!spec_.duration_ms || report.flow_end_ms == 0) return 0;
    const double share = static_cast<double>(report.flow_end_ms - spec_.start_ms) / *spec_.duration_ms;
    return std::clamp(share, 0.0, 1.0);
  }

  const JobContext* const context_;
  const StreamSpec spec_;
  const uint64_t first_row_;
  const std::chrono::steady_clock::time_point start_ = Clock::Real().SteadyNow();
  double begun_fraction_ = -1, next_seconds_ = 0;
};

// What this attempt did; the stream's rows are over all attempts.
json Figures(const StreamPump& pump, const StreamMark& resumed) {
  const SinkReport& report = pump.report();
  return {{"rows", pump.rows()},
          {"resumed_rows", resumed.rows},
          {"flows_sent", report.flows},
          {"packets", report.packets},
          {"bytes", report.bytes},
          {"dropped_flows", report.dropped_flows},
          {"clamped_values", report.clamped_values},
          {"repeated_flows", report.repeated_flows},
          {"errors", report.errors},
          {"waited_seconds", report.waited_seconds}};
}

}  // namespace

absl::StatusOr<json> RunStreamJob(const JobContext& context) {
  STANFLOW_ASSIGN_OR_RETURN(const StreamJobSpec spec, ParseStreamJobSpec(context.spec));
  SinkOptions options = OptionsOf(context, spec);
  StreamPump* running = nullptr;  // whose sink waits tells it
  options.stop_requested = [&] {
    if (running != nullptr) running->MaybeReport();
    return context.stop_requested();
  };
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(options.state_dir));
  STANFLOW_ASSIGN_OR_RETURN(const std::unique_ptr<FlowSink> sink,
                            OpenFlowSink(spec.url, options, &Clock::Real()));
  const StreamMark resumed = sink->resumed();
  StreamPumpOptions pump_options;
  pump_options.pace = spec.pace;
  pump_options.sink_name = SinkName(spec.to);
  pump_options.stop_requested = context.stop_requested;
  Progress progress(&context, spec.flows, resumed.rows);
  pump_options.report = [&](const SinkReport& report, uint64_t rows) {
    context.sink_report(report);
    progress.Tell(report, rows);
  };
  StreamPump pump(std::move(pump_options), sink.get(), &Clock::Real(),
                  sink->sends_again() ? options.state_dir + "/sent" : "");
  running = &pump;
  Interrupt interrupt;
  const StopWatch watch(context.stop_requested, &interrupt);
  const Server server(context.server, kCallTimeout, &interrupt, spec.pace.kind != Pace::Kind::kUnlimited);
  GenerateSource source(&server, spec, resumed);
  const absl::Status status = pump.Run(&source);
  running = nullptr;
  STANFLOW_RETURN_IF_ERROR(status);
  return Figures(pump, resumed);
}

}  // namespace stanflow
