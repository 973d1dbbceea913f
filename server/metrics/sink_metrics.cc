#include "server/metrics/sink_metrics.h"

#include <utility>
#include <vector>

namespace stanflow {
namespace {

constexpr const char* kSinks[] = {"netflow5", "netflow9", "ipfix", "kafka", "file", "syslog"};

using Labels = std::map<std::string, std::string>;

prometheus::Family<prometheus::Gauge>& MakeGauge(prometheus::Registry* registry, const char* name,
                                                 const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry);
}
prometheus::Family<prometheus::Counter>& MakeCounter(prometheus::Registry* registry, const char* name,
                                                     const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*registry);
}

prometheus::Histogram::BucketBoundaries Buckets() {
  return {std::begin(kLatenessSeconds), std::end(kLatenessSeconds)};
}

template <typename T>
double More(T before, T now) {
  return now > before ? static_cast<double>(now - before) : 0;
}

Labels JobLabels(const std::string& job, const SinkReport& report) {
  return {{"id", job}, {"sink", report.sink}};
}

}  // namespace

SinkMetrics::SinkMetrics(prometheus::Registry* registry)
    : active_(MakeGauge(registry, "stanflow_sinks_active", "Stream jobs that run, by kind of sink.")),
      lag_(MakeGauge(registry, "stanflow_sink_lag_seconds",
                     "How far a paced stream job is behind its schedule now.")),
      position_(MakeGauge(registry, "stanflow_sink_position_flows",
                          "Flows of a stream job that a restart would not send again.")),
      flow_time_(MakeGauge(registry, "stanflow_sink_flow_timestamp_seconds",
                           "End of the newest flow that a stream job sent, by the flows' own clock.")),
      flows_(MakeCounter(registry, "stanflow_sink_flows_total", "Flows that sinks took, by kind of sink.")),
      packets_(
          MakeCounter(registry, "stanflow_sink_packets_total", "Datagrams or messages that sinks sent.")),
      bytes_(MakeCounter(registry, "stanflow_sink_sent_bytes_total", "Payload that sinks sent or wrote.")),
      errors_(MakeCounter(registry, "stanflow_sink_errors_total",
                          "Times that a sink's peer or the way to it failed, tried again or not.")),
      dropped_(MakeCounter(registry, "stanflow_sink_dropped_flows_total",
                           "Flows given up because a sink took none, where that was asked for.")),
      repeated_(MakeCounter(registry, "stanflow_sink_repeated_flows_total",
                            "Flows sent again after a crash or a restart.")),
      waiting_(MakeCounter(registry, "stanflow_sink_waiting_seconds_total",
                           "Time in which flows were due and the sink took none.")),
      lateness_(prometheus::BuildHistogram()
                    .Name("stanflow_sink_lateness_seconds")
                    .Help("How long after its moment a flow of a paced stream job left.")
                    .Register(*registry)) {
  for (const char* sink : kSinks) {
    active_.Add({{"sink", sink}});
    for (auto* family : {&flows_, &packets_, &bytes_, &errors_, &dropped_, &repeated_, &waiting_})
      family->Add({{"sink", sink}});
    lateness_.Add({{"sink", sink}}, Buckets());
  }
}

void SinkMetrics::Reported(const std::string& job, uint32_t attempt, const SinkReport& report) {
  MutexLock lock(&mutex_);
  const auto [it, is_new] = told_.try_emplace(job);
  if (is_new) CountActive(report.sink, 1);
  Told& told = it->second;
  CountNews(told.attempt == attempt ? told.report : SinkReport(), report);
  SetGauges(job, report);
  told = {attempt, report};
}

void SinkMetrics::Ended(const std::string& job) {
  MutexLock lock(&mutex_);
  const auto it = told_.find(job);
  if (it == told_.end()) return;
  CountActive(it->second.report.sink, -1);
  for (auto* family : {&lag_, &position_, &flow_time_})
    family->Remove(&family->Add(JobLabels(job, it->second.report)));
  told_.erase(it);
}

void SinkMetrics::CountNews(const SinkReport& before, const SinkReport& now) {
  const Labels labels = {{"sink", now.sink}};
  flows_.Add(labels).Increment(More(before.flows, now.flows));
  packets_.Add(labels).Increment(More(before.packets, now.packets));
  bytes_.Add(labels).Increment(More(before.bytes, now.bytes));
  errors_.Add(labels).Increment(More(before.errors, now.errors));
  dropped_.Add(labels).Increment(More(before.dropped_flows, now.dropped_flows));
  repeated_.Add(labels).Increment(More(before.repeated_flows, now.repeated_flows));
  waiting_.Add(labels).Increment(More(before.waited_seconds, now.waited_seconds));
  if (now.lateness_buckets.empty()) return;
  std::vector<double> more;
  for (size_t i = 0; i < now.lateness_buckets.size(); ++i) {
    more.push_back(More(before.lateness_buckets.empty() ? uint64_t{0} : before.lateness_buckets[i],
                        now.lateness_buckets[i]));
  }
  lateness_.Add(labels, Buckets())
      .ObserveMultiple(more, More(before.lateness_sum_seconds, now.lateness_sum_seconds));
}

void SinkMetrics::SetGauges(const std::string& job, const SinkReport& report) {
  const Labels labels = JobLabels(job, report);
  lag_.Add(labels).Set(report.lag_seconds);
  position_.Add(labels).Set(static_cast<double>(report.committed_rows));
  if (report.flow_end_ms != 0) flow_time_.Add(labels).Set(static_cast<double>(report.flow_end_ms) / 1000);
}

void SinkMetrics::CountActive(const std::string& sink, double change) {
  active_.Add({{"sink", sink}}).Increment(change);
}

}  // namespace stanflow
