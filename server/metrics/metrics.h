#ifndef STANFLOW_SERVER_METRICS_METRICS_H_
#define STANFLOW_SERVER_METRICS_METRICS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/jobs/collection_report.h"
#include "server/jobs/job.h"
#include "server/jobs/sink_report.h"
#include "server/schedule/scheduler_observer.h"

namespace stanflow {

// What somebody else knows and is asked for at every scrape.
struct PolledMetrics {
  // Jobs by state, and how long the oldest QUEUED one has waited, seconds.
  std::map<JobState, int64_t> jobs;
  double oldest_queued_seconds = 0;
  struct Model {
    std::string model;
    uint64_t version = 0;
    std::string state, device;
    uint64_t bytes = 0;
  };
  std::vector<Model> models;
  // Jobs that have a worker.
  struct RunningJob {
    std::string id;
    JobKind kind = JobKind::kTrain;
    double fraction = 0;       // 0 to 1
    double seconds_left = -1;  // negative: unknown
  };
  std::vector<RunningJob> running_jobs;
  // Of the file system that the data folder lies on; free is what the server may still use of it.
  uint64_t disk_bytes = 0, disk_free_bytes = 0;
};

// Where a server says no, or lets wait (server/app/config.h).
struct ServerLimits {
  int64_t streams = 0, contexts = 0;
  int64_t queued_jobs = 0;
  int64_t running_jobs = 0;  // stream jobs and collections are not among them
  int64_t stream_jobs = 0;
  int64_t collections = 0;
};

// Every metric of the server (each has a HELP line at `/metrics`). The
// only user of prometheus-cpp. Thread-safe; every call but Serve and Text is short and takes no
// lock that is held for long.
class Metrics final : public SchedulerObserver {
 public:
  // `version` and `libtorch` are labels of stanflow_build_info.
  Metrics(const std::string& version, const std::string& libtorch);
  ~Metrics() override;

  // Answers scrapes on "HOST:PORT"/metrics from now on. FAILED_PRECONDITION if the port is taken.
  absl::Status Serve(const std::string& listen);
  // The port of Serve; 0 before.
  int port() const;
  // What a scrape would get now.
  std::string Text() const;

  // Asked at every scrape, from the scraping thread. Set before Serve; empty from ClearPoll on,
  // which waits for a poll in progress.
  void SetPoll(std::function<PolledMetrics()> poll);
  void ClearPoll() { SetPoll(nullptr); }

  void SetLimits(const ServerLimits& limits);

  // RPCs. `method` is "Synthesis/Generate"; `code` a canonical name.
  void RpcStarted(const char* method);
  void RpcEnded(const char* method, const char* code, std::chrono::nanoseconds time);
  // From a Generate's arrival until the scheduler had it; not `was_ready`: its model was loaded meanwhile.
  void StreamAdmitted(bool was_ready, std::chrono::nanoseconds wait);
  // Encoded flows that wait for readers.
  void AddBytesWaiting(int64_t delta);
  void StreamStalled();

  // Jobs: their events as they are stored.
  void JobLeased(JobKind kind, double waited_seconds);
  // `code`: the job's error_code, "OK" or "CANCELLED".
  void JobEnded(JobKind kind, JobState state, const std::string& code, double ran_seconds);
  void TrainingProgressed(const std::string& model, const JobProgress& progress);
  // Its last losses stay; it makes no rows any more.
  void TrainingStopped(const std::string& model);
  // What a stream job's attempt has told of its sink so far; and that the job has no worker any more.
  void SinkReported(const std::string& job, uint32_t attempt, const SinkReport& report);
  void SinkEnded(const std::string& job);
  // The same of collections.
  void CollectionReported(const std::string& job, uint32_t attempt, const CollectionReport& report);
  void CollectionEnded(const std::string& job);

  void OnStep(const StepStats& step) override;
  void OnLoad(const SchedulerLoad& load) override;
  void OnFirstFlow(std::chrono::nanoseconds wait, bool resumed) override;
  void OnUnparked(std::chrono::nanoseconds time) override;
  void OnFlowsSent(uint64_t flows) override;
  void OnReplay(uint64_t flows) override;
  void OnStreamEnd(const absl::Status& status) override;
  void OnSnapshotWritten(uint64_t bytes, std::chrono::nanoseconds time) override;
  void OnSnapshotSkipped(const std::string& key, uint64_t row, const char* why) override;
  void OnSnapshotFailed(const absl::Status& status) override;
  void OnSnapshotDamaged(const absl::Status& why) override;

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_METRICS_METRICS_H_
