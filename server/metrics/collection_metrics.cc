#include "server/metrics/collection_metrics.h"

#include <utility>

namespace stanflow {
namespace {

using Report = CollectionReport;

struct Metric {
  uint64_t Report::*field;
  const char* name;
  const char* help;
};

constexpr Metric kCounters[] = {
    {&Report::flows, "stanflow_collection_flows_total", "Flows that collections took into their datasets."},
    {&Report::rejected_flows, "stanflow_collection_rejected_flows_total",
     "Records that came and can't be used: of IPv6, without an address at home."},
    {&Report::dropped_flows, "stanflow_collection_dropped_flows_total",
     "Flows given up because the spool was full or the dataset had all its rows."},
    {&Report::dropped_datagrams, "stanflow_collection_dropped_datagrams_total",
     "Datagrams that the kernel dropped because a collector's socket buffer was full."},
    {&Report::bad_datagrams, "stanflow_collection_bad_datagrams_total",
     "Datagrams that are no NetFlow or IPFIX, or damaged."},
    {&Report::sequence_failures, "stanflow_collection_sequence_failures_total",
     "Gaps in the sequence numbers of exporters, each of a datagram or more that did not come."},
    {&Report::lost_files, "stanflow_collection_lost_files_total",
     "Spool files that can't be read: a collector was killed while it wrote."},
};

constexpr Metric kGauges[] = {
    {&Report::spool_bytes, "stanflow_collection_spool_bytes",
     "What a running collection has received and not taken yet."},
    {&Report::dataset_rows, "stanflow_collection_rows", "Rows that a running collection has taken in all."},
    {&Report::published_rows, "stanflow_collection_published_rows",
     "Of them, those that are in the dataset for others to read."},
};

double More(uint64_t before, uint64_t now) { return now > before ? static_cast<double>(now - before) : 0; }

}  // namespace

CollectionMetrics::CollectionMetrics(prometheus::Registry* registry)
    : active_(prometheus::BuildGauge()
                  .Name("stanflow_collections_active")
                  .Help("Collections that listen.")
                  .Register(*registry)
                  .Add({})) {
  for (const Metric& metric : kCounters) {
    auto& family = prometheus::BuildCounter().Name(metric.name).Help(metric.help).Register(*registry);
    counted_.push_back({metric.field, &family.Add({})});
  }
  for (const Metric& metric : kGauges) {
    shown_.push_back(
        {metric.field, &prometheus::BuildGauge().Name(metric.name).Help(metric.help).Register(*registry)});
  }
}

void CollectionMetrics::Reported(const std::string& job, uint32_t attempt, const CollectionReport& report) {
  MutexLock lock(&mutex_);
  const auto [it, is_new] = told_.try_emplace(job);
  if (is_new) active_.Increment();
  const CollectionReport before = it->second.attempt == attempt ? it->second.report : CollectionReport();
  for (const Counted& c : counted_) c.counter->Increment(More(before.*c.field, report.*c.field));
  for (const Shown& s : shown_) s.gauges->Add({{"id", job}}).Set(static_cast<double>(report.*s.field));
  it->second = {attempt, report};
}

void CollectionMetrics::Ended(const std::string& job) {
  MutexLock lock(&mutex_);
  if (told_.erase(job) == 0) return;
  active_.Decrement();
  for (const Shown& s : shown_) s.gauges->Remove(&s.gauges->Add({{"id", job}}));
}

}  // namespace stanflow
