#ifndef STANFLOW_SERVER_METRICS_COLLECTION_METRICS_H_
#define STANFLOW_SERVER_METRICS_COLLECTION_METRICS_H_

#include <map>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"
#include "server/jobs/collection_report.h"

namespace stanflow {

// What collections take and lose: counters over all of them, and what each running one is at. A report says
// what an attempt has done in all, so that the counters grow by what is new in it. Thread-safe.
class CollectionMetrics {
 public:
  // `registry` outlives it.
  explicit CollectionMetrics(prometheus::Registry* registry);

  void Reported(const std::string& job, uint32_t attempt, const CollectionReport& report);
  // The job's own series are gone from now on.
  void Ended(const std::string& job);

 private:
  using Field = uint64_t CollectionReport::*;
  struct Told {
    uint32_t attempt = 0;
    CollectionReport report;
  };
  struct Counted {
    Field field;
    prometheus::Counter* counter;
  };
  struct Shown {
    Field field;
    prometheus::Family<prometheus::Gauge>* gauges;
  };

  prometheus::Gauge& active_;
  std::vector<Counted> counted_;
  std::vector<Shown> shown_;
  Mutex mutex_;
  std::map<std::string, Told> told_ ABSL_GUARDED_BY(mutex_);  // by job
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_METRICS_COLLECTION_METRICS_H_
