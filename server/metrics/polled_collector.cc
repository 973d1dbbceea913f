#include "server/metrics/polled_collector.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <utility>

namespace stanflow {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

class GaugeFamily {
 public:
  GaugeFamily(const char* name, const char* help,
              prometheus::MetricType type = prometheus::MetricType::Gauge) {
    family_.name = name;
    family_.help = help;
    family_.type = type;
  }
  GaugeFamily& Add(const Labels& labels, double value) {
    prometheus::ClientMetric metric;
    for (const auto& [name, text] : labels) metric.label.push_back({name, text});
    metric.gauge.value = value;
    metric.counter.value = value;
    family_.metric.push_back(std::move(metric));
    return *this;
  }
  prometheus::MetricFamily Take() { return std::move(family_); }

 private:
  prometheus::MetricFamily family_;
};

constexpr JobState kJobStates[] = {JobState::kQueued,    JobState::kRunning, JobState::kCancelling,
                                   JobState::kSucceeded, JobState::kFailed,  JobState::kCancelled};
constexpr const char* kModelStates[] = {"LOADING", "WARMING", "READY", "FAILED"};

void CollectJobs(const PolledMetrics& polled, std::vector<prometheus::MetricFamily>* out) {
  GaugeFamily jobs("stanflow_jobs", "Jobs in the store by state.");
  for (const JobState state : kJobStates) {
    const auto it = polled.jobs.find(state);
    jobs.Add({{"state", JobStateName(state)}}, it == polled.jobs.end() ? 0 : it->second);
  }
  out->push_back(jobs.Take());
  const auto queued = polled.jobs.find(JobState::kQueued);
  out->push_back(GaugeFamily("stanflow_job_queue_depth", "Jobs that wait for a worker.")
                     .Add({}, queued == polled.jobs.end() ? 0 : queued->second)
                     .Take());
  out->push_back(
      GaugeFamily("stanflow_job_queue_oldest_seconds", "Time that the oldest waiting job has waited.")
          .Add({}, polled.oldest_queued_seconds)
          .Take());
}

void CollectModels(const PolledMetrics& polled, std::vector<prometheus::MetricFamily>* out) {
  GaugeFamily states("stanflow_models", "Model versions in memory, or failed to get there, by state.");
  for (const char* state : kModelStates) {
    int count = 0;
    for (const auto& model : polled.models) count += model.state == state;
    states.Add({{"state", state}}, count);
  }
  out->push_back(states.Take());
  GaugeFamily memory("stanflow_model_memory_bytes", "Memory of a loaded version's weights.");
  for (const auto& model : polled.models) {
    if (model.bytes == 0) continue;
    memory.Add({{"model", model.model}, {"version", std::to_string(model.version)}, {"device", model.device}},
               static_cast<double>(model.bytes));
  }
  out->push_back(memory.Take());
}

void CollectProcess(std::vector<prometheus::MetricFamily>* out) {
  std::ifstream statm("/proc/self/statm");
  double pages_virtual = 0, pages_resident = 0;
  const double page = static_cast<double>(sysconf(_SC_PAGESIZE));
  if (statm >> pages_virtual >> pages_resident) {
    out->push_back(GaugeFamily("process_virtual_memory_bytes", "Virtual memory of the server.")
                       .Add({}, pages_virtual * page)
                       .Take());
    out->push_back(GaugeFamily("process_resident_memory_bytes", "Resident memory of the server.")
                       .Add({}, pages_resident * page)
                       .Take());
  }
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    const double seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
                           1e-6 * (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    out->push_back(GaugeFamily("process_cpu_seconds_total", "User and system time of the server.",
                               prometheus::MetricType::Counter)
                       .Add({}, seconds)
                       .Take());
    out->push_back(
        GaugeFamily("process_peak_resident_memory_bytes", "Largest resident memory of the server so far.")
            .Add({}, 1024.0 * usage.ru_maxrss)
            .Take());
  }
}

}  // namespace

std::vector<prometheus::MetricFamily> PolledCollector::Collect() const {
  std::vector<prometheus::MetricFamily> families;
  CollectProcess(&families);
  MutexLock lock(&mutex_);
  if (!poll_) return families;
  const PolledMetrics polled = poll_();
  CollectJobs(polled, &families);
  CollectModels(polled, &families);
  return families;
}

void PolledCollector::SetPoll(std::function<PolledMetrics()> poll) {
  MutexLock lock(&mutex_);
  poll_ = std::move(poll);
}

}  // namespace stanflow
