#ifndef STANFLOW_SERVER_METRICS_POLLED_COLLECTOR_H_
#define STANFLOW_SERVER_METRICS_POLLED_COLLECTOR_H_

#include <functional>
#include <vector>

#include "core/base/mutex.h"
#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"
#include "server/metrics/metrics.h"

namespace stanflow {

// Gauges that are asked for at every scrape instead of being kept up to date: jobs, models and
// what the system says about this process. Thread-safe.
class PolledCollector final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
  void SetPoll(std::function<PolledMetrics()> poll);

 private:
  mutable Mutex mutex_;
  std::function<PolledMetrics()> poll_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_METRICS_POLLED_COLLECTOR_H_
