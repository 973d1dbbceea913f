#include "server/metrics/metrics.h"

#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"
#include "server/metrics/collection_metrics.h"
#include "server/metrics/metrics_http.h"
#include "server/metrics/polled_collector.h"
#include "server/metrics/sink_metrics.h"

namespace stanflow {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using Buckets = Histogram::BucketBoundaries;

const Buckets kRpcSeconds = {0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 600, 3600};
const Buckets kStepSeconds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1};
const Buckets kFirstFlowSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60};
const Buckets kJobSeconds = {1, 5, 15, 60, 300, 900, 1800, 3600, 4 * 3600, 24 * 3600};
const Buckets kBatch = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096};
const Buckets kParkedSeconds = {0.001, 0.01, 0.1, 1, 10, 60, 600, 3600};
const Buckets kOccupancy = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.999};

double Seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

constexpr JobKind kJobKinds[] = {JobKind::kImport,    JobKind::kTrain,  JobKind::kEvaluate,
                                 JobKind::kReproduce, JobKind::kStream, JobKind::kCollect};
// What a rate can be made of must begin at 0: the first event of a series that appears with it is none.
constexpr const char* kStreamEnds[] = {"OK", "CANCELLED", "UNAVAILABLE", "INTERNAL"};
constexpr const char* kGenerateEnds[] = {
    "OK",        "CANCELLED",          "INVALID_ARGUMENT", "FAILED_PRECONDITION",
    "NOT_FOUND", "RESOURCE_EXHAUSTED", "UNAVAILABLE",      "INTERNAL"};
constexpr const char* kJobFailures[] = {"INTERNAL",  "INVALID_ARGUMENT", "FAILED_PRECONDITION",
                                        "NOT_FOUND", "UNAVAILABLE",      "RESOURCE_EXHAUSTED",
                                        "DATA_LOSS"};
constexpr const char* kSnapshotOutcomes[] = {"written", "skipped", "failed", "damaged"};

std::string CodeLabel(const absl::Status& status) { return absl::StatusCodeToString(status.code()); }

}  // namespace

struct Metrics::Rep {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::shared_ptr<PolledCollector> polled = std::make_shared<PolledCollector>();

  template <typename T>
  prometheus::Family<T>& Make(prometheus::detail::Builder<T> builder, const char* name, const char* help) {
    return builder.Name(name).Help(help).Register(*registry);
  }
  Counter& OneCounter(const char* name, const char* help) { return Make(BuildCounter(), name, help).Add({}); }
  Gauge& OneGauge(const char* name, const char* help) { return Make(BuildGauge(), name, help).Add({}); }
  Histogram& OneHistogram(const char* name, const char* help, const Buckets& buckets) {
    return Make(BuildHistogram(), name, help).Add({}, buckets);
  }

  prometheus::Family<Counter>& rpcs =
      Make(BuildCounter(), "stanflow_rpcs_total", "RPCs ended, by method and canonical code.");
  prometheus::Family<Gauge>& rpcs_active = Make(BuildGauge(), "stanflow_rpcs_active", "RPCs in progress.");
  prometheus::Family<Histogram>& rpc_seconds =
      Make(BuildHistogram(), "stanflow_rpc_duration_seconds", "Time from the start to the end of an RPC.");
  Gauge& bytes_waiting =
      OneGauge("stanflow_outbox_bytes", "Encoded flows that wait for slow readers, over all streams.");
  prometheus::Family<Histogram>& admission =
      Make(BuildHistogram(), "stanflow_generate_admission_seconds",
           "Time from a Generate call's arrival to its admission, by whether its model was in memory.");
  Counter& stalled = OneCounter("stanflow_streams_stalled_total",
                                "Streams ended because their reader took nothing for the configured time.");

  Gauge& streams_active =
      OneGauge("stanflow_streams_active", "Streams admitted and not ended, parked ones too.");
  Gauge& streams_parked =
      OneGauge("stanflow_streams_parked", "Streams that sit out because their reader is slow.");
  Gauge& streams_max = OneGauge("stanflow_streams_max", "Streams that may be active: generate.max_streams.");
  Gauge& contexts_max =
      OneGauge("stanflow_contexts_max", "Hosts that may generate at once: generate.max_contexts.");
  Histogram& parked_seconds =
      OneHistogram("stanflow_stream_parked_seconds",
                   "Time that a stream sat out for a slow reader, each time.", kParkedSeconds);
  Gauge& contexts_active = OneGauge("stanflow_contexts_active", "Generating hosts of all active streams.");
  prometheus::Family<Counter>& streams_ended =
      Make(BuildCounter(), "stanflow_streams_ended_total", "Streams ended, by canonical code.");
  Histogram& batch =
      OneHistogram("stanflow_step_batch_contexts", "Contexts stepped together in one step.", kBatch);
  Histogram& occupancy =
      OneHistogram("stanflow_step_tile_occupancy_ratio",
                   "Contexts of a step by those that it could have held at its cost, 0 to 1.", kOccupancy);
  Counter& contexts_stepped = OneCounter("stanflow_step_contexts_total", "Contexts stepped: flows made.");
  Counter& tile_places = OneCounter(
      "stanflow_step_tile_places_total",
      "Contexts that the stepped tiles could have held at their cost; contexts by places is the occupancy.");
  Histogram& step_seconds =
      OneHistogram("stanflow_step_duration_seconds", "Time that the models take for one step.", kStepSeconds);
  Histogram& deliver_seconds =
      OneHistogram("stanflow_step_deliver_duration_seconds",
                   "Time to order and hand over the flows of one step.", kStepSeconds);
  prometheus::Family<Histogram>& first_flow =
      Make(BuildHistogram(), "stanflow_first_flow_seconds",
           "Time from a stream's admission to its first chunk; resumed ones may make flows again first.");
  Counter& flows_sent = OneCounter("stanflow_flows_sent_total", "Flows handed to streams' outboxes.");
  Counter& flows_replayed =
      OneCounter("stanflow_flows_replayed_total", "Flows made again for resumed streams and not sent.");
  Counter& snapshot_bytes =
      OneCounter("stanflow_snapshot_written_bytes_total", "Bytes of stream snapshots written.");
  prometheus::Family<Counter>& snapshots =
      Make(BuildCounter(), "stanflow_snapshots_total", "Stream snapshots by outcome.");

  Gauge& jobs_queued_max = OneGauge("stanflow_jobs_queued_max", "Jobs that may wait: jobs.max_queued.");
  prometheus::Family<Gauge>& jobs_running_max =
      Make(BuildGauge(), "stanflow_jobs_running_max",
           "Jobs that run beside each other: streams.max_running stream jobs, collections.max_running "
           "collections, jobs.max_running others.");
  prometheus::Family<Histogram>& job_wait = Make(BuildHistogram(), "stanflow_job_queue_wait_seconds",
                                                 "Time from a job's submission to its first attempt.");
  prometheus::Family<Counter>& jobs_ended =
      Make(BuildCounter(), "stanflow_jobs_ended_total", "Jobs ended, by kind, state and canonical code.");
  prometheus::Family<Histogram>& job_seconds =
      Make(BuildHistogram(), "stanflow_job_duration_seconds", "Time from a job's first attempt to its end.");
  prometheus::Family<Gauge>& nats =
      Make(BuildGauge(), "stanflow_training_validation_nats",
           "Validation loss of the newest training of a model, nats a row, by attribute.");
  prometheus::Family<Gauge>& training_rate = Make(BuildGauge(), "stanflow_training_rows_per_second",
                                                  "Rows a second of the newest training of a model.");

  SinkMetrics sinks{registry.get()};
  CollectionMetrics collections{registry.get()};

  std::unique_ptr<MetricsHttp> http;

  void BeginAtZero();
};

void Metrics::Rep::BeginAtZero() {
  for (const char* code : kGenerateEnds) rpcs.Add({{"method", "Synthesis/Generate"}, {"code", code}});
  rpcs_active.Add({{"method", "Synthesis/Generate"}});
  rpc_seconds.Add({{"method", "Synthesis/Generate"}}, kRpcSeconds);
  for (const char* code : kStreamEnds) streams_ended.Add({{"code", code}});
  for (const char* outcome : kSnapshotOutcomes) snapshots.Add({{"outcome", outcome}});
  for (const char* start : {"fresh", "resumed"}) first_flow.Add({{"start", start}}, kFirstFlowSeconds);
  for (const char* model : {"ready", "loading"}) admission.Add({{"model", model}}, kFirstFlowSeconds);
  for (const JobKind kind : kJobKinds) {
    const std::string name = JobKindName(kind);
    jobs_ended.Add({{"kind", name}, {"state", "SUCCEEDED"}, {"code", "OK"}});
    for (const char* code : kJobFailures) {
      jobs_ended.Add({{"kind", name}, {"state", "FAILED"}, {"code", code}});
    }
    jobs_ended.Add({{"kind", name}, {"state", "CANCELLED"}, {"code", "CANCELLED"}});
    job_wait.Add({{"kind", name}}, kJobSeconds);
    job_seconds.Add({{"kind", name}}, kJobSeconds);
  }
}

Metrics::Metrics(const std::string& version, const std::string& libtorch) : rep_(std::make_unique<Rep>()) {
  rep_->Make(BuildGauge(), "stanflow_build_info", "1, with the build's versions as labels.")
      .Add({{"version", version}, {"libtorch", libtorch}})
      .Set(1);
  rep_->BeginAtZero();
}

// The scraping threads use the registry: they go first.
Metrics::~Metrics() { rep_->http.reset(); }

absl::Status Metrics::Serve(const std::string& listen) {
  STANFLOW_ASSIGN_OR_RETURN(rep_->http, MetricsHttp::Start(listen, [this] { return Text(); }));
  return absl::OkStatus();
}

int Metrics::port() const { return rep_->http == nullptr ? 0 : rep_->http->port(); }

std::string Metrics::Text() const {
  std::vector<prometheus::MetricFamily> families = rep_->registry->Collect();
  for (prometheus::MetricFamily& family : rep_->polled->Collect()) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

void Metrics::SetPoll(std::function<PolledMetrics()> poll) { rep_->polled->SetPoll(std::move(poll)); }

void Metrics::SetLimits(const ServerLimits& limits) {
  rep_->streams_max.Set(static_cast<double>(limits.streams));
  rep_->contexts_max.Set(static_cast<double>(limits.contexts));
  rep_->jobs_queued_max.Set(static_cast<double>(limits.queued_jobs));
  rep_->jobs_running_max.Add({{"of", "jobs"}}).Set(static_cast<double>(limits.running_jobs));
  rep_->jobs_running_max.Add({{"of", "streams"}}).Set(static_cast<double>(limits.stream_jobs));
  rep_->jobs_running_max.Add({{"of", "collections"}}).Set(static_cast<double>(limits.collections));
}

void Metrics::RpcStarted(const char* method) { rep_->rpcs_active.Add({{"method", method}}).Increment(); }

void Metrics::RpcEnded(const char* method, const char* code, std::chrono::nanoseconds time) {
  rep_->rpcs_active.Add({{"method", method}}).Decrement();
  rep_->rpcs.Add({{"method", method}, {"code", code}}).Increment();
  rep_->rpc_seconds.Add({{"method", method}}, kRpcSeconds).Observe(Seconds(time));
}

void Metrics::StreamAdmitted(bool was_ready, std::chrono::nanoseconds wait) {
  rep_->admission.Add({{"model", was_ready ? "ready" : "loading"}}, kFirstFlowSeconds).Observe(Seconds(wait));
}
void Metrics::AddBytesWaiting(int64_t delta) { rep_->bytes_waiting.Increment(static_cast<double>(delta)); }
void Metrics::StreamStalled() { rep_->stalled.Increment(); }

void Metrics::JobLeased(JobKind kind, double waited_seconds) {
  rep_->job_wait.Add({{"kind", JobKindName(kind)}}, kJobSeconds).Observe(waited_seconds);
}

void Metrics::JobEnded(JobKind kind, JobState state, const std::string& code, double ran_seconds) {
  rep_->jobs_ended.Add({{"kind", JobKindName(kind)}, {"state", JobStateName(state)}, {"code", code}})
      .Increment();
  rep_->job_seconds.Add({{"kind", JobKindName(kind)}}, kJobSeconds).Observe(ran_seconds);
}

void Metrics::TrainingProgressed(const std::string& model, const JobProgress& progress) {
  if (progress.rows_per_second > 0) rep_->training_rate.Add({{"model", model}}).Set(progress.rows_per_second);
  if (progress.attribute.empty()) return;
  rep_->nats.Add({{"model", model}, {"attribute", progress.attribute}}).Set(progress.nats);
}

void Metrics::TrainingStopped(const std::string& model) {
  rep_->training_rate.Remove(&rep_->training_rate.Add({{"model", model}}));
}

void Metrics::SinkReported(const std::string& job, uint32_t attempt, const SinkReport& report) {
  rep_->sinks.Reported(job, attempt, report);
}
void Metrics::SinkEnded(const std::string& job) { rep_->sinks.Ended(job); }

void Metrics::CollectionReported(const std::string& job, uint32_t attempt, const CollectionReport& report) {
  rep_->collections.Reported(job, attempt, report);
}
void Metrics::CollectionEnded(const std::string& job) { rep_->collections.Ended(job); }

void Metrics::OnStep(const StepStats& step) {
  rep_->batch.Observe(step.contexts);
  if (step.tile_places > 0) rep_->occupancy.Observe(static_cast<double>(step.contexts) / step.tile_places);
  rep_->contexts_stepped.Increment(step.contexts);
  rep_->tile_places.Increment(step.tile_places);
  rep_->step_seconds.Observe(Seconds(step.step_time));
  rep_->deliver_seconds.Observe(Seconds(step.deliver_time));
}

void Metrics::OnLoad(const SchedulerLoad& load) {
  rep_->streams_active.Set(load.streams);
  rep_->contexts_active.Set(static_cast<double>(load.contexts));
  rep_->streams_parked.Set(load.parked);
}

void Metrics::OnFirstFlow(std::chrono::nanoseconds wait, bool resumed) {
  rep_->first_flow.Add({{"start", resumed ? "resumed" : "fresh"}}, kFirstFlowSeconds).Observe(Seconds(wait));
}
void Metrics::OnUnparked(std::chrono::nanoseconds time) { rep_->parked_seconds.Observe(Seconds(time)); }
void Metrics::OnFlowsSent(uint64_t flows) { rep_->flows_sent.Increment(static_cast<double>(flows)); }
void Metrics::OnReplay(uint64_t flows) { rep_->flows_replayed.Increment(static_cast<double>(flows)); }

void Metrics::OnStreamEnd(const absl::Status& status) {
  rep_->streams_ended.Add({{"code", CodeLabel(status)}}).Increment();
}

void Metrics::OnSnapshotWritten(uint64_t bytes, std::chrono::nanoseconds) {
  rep_->snapshots.Add({{"outcome", "written"}}).Increment();
  rep_->snapshot_bytes.Increment(static_cast<double>(bytes));
}

void Metrics::OnSnapshotSkipped(const std::string& key, uint64_t row, const char* why) {
  rep_->snapshots.Add({{"outcome", "skipped"}}).Increment();
  LogWarning("stream snapshot skipped", {{"stream", key}, {"row", row}, {"why", why}});
}

void Metrics::OnSnapshotFailed(const absl::Status& status) {
  rep_->snapshots.Add({{"outcome", "failed"}}).Increment();
  LogError("stream snapshot failed", {{"error", status.ToString()}});
}

void Metrics::OnSnapshotDamaged(const absl::Status& why) {
  rep_->snapshots.Add({{"outcome", "damaged"}}).Increment();
  LogWarning("stream snapshot passed over", {{"why", why.ToString()}});
}

}  // namespace stanflow
