#ifndef STANFLOW_SERVER_METRICS_SINK_METRICS_H_
#define STANFLOW_SERVER_METRICS_SINK_METRICS_H_

#include <map>
#include <string>

#include "core/base/mutex.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "server/jobs/sink_report.h"

namespace stanflow {

// Where the flows of stream jobs go: counters by kind of sink, and what each running job is at. A report says
// what an attempt has done in all, so that the counters grow by what is new in it. Thread-safe.
class SinkMetrics {
 public:
  // `registry` outlives it.
  explicit SinkMetrics(prometheus::Registry* registry);

  void Reported(const std::string& job, uint32_t attempt, const SinkReport& report);
  // The job's own series are gone from now on.
  void Ended(const std::string& job);

 private:
  struct Told {
    uint32_t attempt = 0;
    SinkReport report;
  };

  void CountNews(const SinkReport& before, const SinkReport& now);
  void SetGauges(const std::string& job, const SinkReport& report);
  void CountActive(const std::string& sink, double change);

  prometheus::Family<prometheus::Gauge>&active_, &lag_, &position_, &flow_time_;
  prometheus::Family<prometheus::Counter>&flows_, &packets_, &bytes_, &errors_, &dropped_, &repeated_,
      &waiting_;
  prometheus::Family<prometheus::Histogram>& lateness_;
  Mutex mutex_;
  std::map<std::string, Told> told_ ABSL_GUARDED_BY(mutex_);  // by job
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_METRICS_SINK_METRICS_H_
