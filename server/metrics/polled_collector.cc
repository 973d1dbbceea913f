#include "server/metrics/polled_collector.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <system_error>
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

void CollectRunningJobs(const PolledMetrics& polled, std::vector<prometheus::MetricFamily>* out) {
  GaugeFamily progress("stanflow_job_progress_ratio", "How far a running job is, 0 to 1.");
  GaugeFamily remaining("stanflow_job_remaining_seconds",
                        "Time that a running job still takes, as it estimates.");
  for (const auto& job : polled.running_jobs) {
    const Labels labels = {{"id", job.id}, {"kind", JobKindName(job.kind)}};
    progress.Add(labels, job.fraction);
    if (job.seconds_left >= 0) remaining.Add(labels, job.seconds_left);
  }
  out->push_back(progress.Take());
  out->push_back(remaining.Take());
}

void CollectDisk(const PolledMetrics& polled, std::vector<prometheus::MetricFamily>* out) {
  out->push_back(GaugeFamily("stanflow_data_size_bytes", "Size of the file system of the data folder.")
                     .Add({}, static_cast<double>(polled.disk_bytes))
                     .Take());
  out->push_back(GaugeFamily("stanflow_data_free_bytes", "What the server may still use of that file system.")
                     .Add({}, static_cast<double>(polled.disk_free_bytes))
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

// Seconds since the epoch; 0 where /proc says nothing.
double StartTime() {
  std::ifstream self("/proc/self/stat"), machine("/proc/stat");
  std::string text(std::istreambuf_iterator<char>(self), {});
  // The name in parentheses may hold anything; the 20th number after it is the start in ticks since the boot.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  double ticks = 0, booted = 0;
  for (int i = 0; i < 20 && fields >> text; ++i) ticks = std::atof(text.c_str());
  while (machine >> text && text != "btime")
    machine.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  return machine >> booted ? booted + ticks / static_cast<double>(sysconf(_SC_CLK_TCK)) : 0;
}

double OpenFiles() {
  std::error_code error;
  const std::filesystem::directory_iterator first("/proc/self/fd", error);
  // The iterator's own is among them.
  return static_cast<double>(std::distance(first, std::filesystem::directory_iterator())) - 1;
}

void CollectFiles(std::vector<prometheus::MetricFamily>* out) {
  out->push_back(GaugeFamily("process_open_fds", "Open files and sockets.").Add({}, OpenFiles()).Take());
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  out->push_back(GaugeFamily("process_max_fds", "Files and sockets that may be open.")
                     .Add({}, static_cast<double>(limit.rlim_cur))
                     .Take());
}

void CollectProcess(std::vector<prometheus::MetricFamily>* out) {
  static const double start_time = StartTime();
  out->push_back(GaugeFamily("process_start_time_seconds", "When the server started, seconds since 1970.")
                     .Add({}, start_time)
                     .Take());
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
  CollectFiles(&families);
  MutexLock lock(&mutex_);
  if (!poll_) return families;
  const PolledMetrics polled = poll_();
  CollectJobs(polled, &families);
  CollectRunningJobs(polled, &families);
  CollectDisk(polled, &families);
  CollectModels(polled, &families);
  return families;
}

void PolledCollector::SetPoll(std::function<PolledMetrics()> poll) {
  MutexLock lock(&mutex_);
  poll_ = std::move(poll);
}

}  // namespace stanflow
