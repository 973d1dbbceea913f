#ifndef STANFLOW_SERVER_JOBS_JOB_RUNNER_H_
#define STANFLOW_SERVER_JOBS_JOB_RUNNER_H_

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "server/jobs/attempt_outcome.h"
#include "server/jobs/job_ending.h"
#include "server/jobs/job_runner_hooks.h"
#include "server/jobs/job_store.h"
#include "server/jobs/worker_launcher.h"
#include "server/jobs/worker_protocol.h"

namespace stanflow {

struct JobRunnerOptions {
  std::string data_dir;
  // Whether Recover removes folders of jobs that the store does not know. Not where the store is new: then it
  // is the store that is missing.
  bool sweep_folders = true;
  // Trainings and evaluations that run at once. Each uses all cores, so two would only take turns.
  int max_running = 1;
  // Imports that run at once, beside those: they are short, mostly one core, and trainings wait for them.
  int max_imports = 1;
  // Stream jobs that run at once, beside those: they mostly wait, for the engine or for their pace.
  int max_streams = 16;
  // A worker that says nothing for so long is killed. It beats every 2 s.
  std::chrono::milliseconds lease{30000};
  // Collections that run at once, beside those: they wait for what comes. Cancelled ones that only have to
  // publish what they took are not counted: who holds a place may do so for years.
  int max_collections = 4;
  // From SIGTERM to SIGKILL at a cancel: a worker may be in the middle of writing a checkpoint. A collection
  // has no such limit: it publishes first what it has, however much that is.
  std::chrono::milliseconds cancel_grace{20000};
};

// Runs the jobs of a store, each attempt in a worker process.
//
// An attempt:  lease (RUNNING, attempt n) -> spec.json, launch -> lines renew the lease, progress is stored
//              -> the worker ends -> published and SUCCEEDED | retried | FAILED | handed back | CANCELLED
// Leases are in memory: the data folder's lock makes this the only server, and workers die with it. Recovery
// hands back what a dead server left RUNNING, so that a restart uses up no retry.
//
// Start, Wake and Drain are for the server (Wake from any thread). Step is for tests, instead of Start.
class JobRunner {
 public:
  // `store`, `launcher` and `clock` must outlive the runner.
  JobRunner(JobRunnerOptions options, JobStore* store, WorkerLauncher* launcher, const Clock* clock,
            JobRunnerHooks hooks);
  // Kills what still runs: Drain first.
  ~JobRunner();

  // Hands back the jobs of a dead server and cleans up its folders. Before any Submit, and before Start.
  absl::Status Recover();
  // A thread that steps.
  void Start();
  // There may be a new job or a cancel.
  void Wake();
  // Starts nothing more and asks the workers to stop; kills those that have not after `grace`. Their jobs go
  // back to QUEUED without a failure. Returns when no worker runs any more.
  void Drain(std::chrono::milliseconds grace);

  // Does all that is due and answers when it must be called next, unless woken.
  std::chrono::steady_clock::time_point Step();
  // As Drain, but returns at once: Step does the rest.
  void BeginDrain(std::chrono::milliseconds grace);
  size_t running() const;

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  // One worker's life. Guarded by mutex_ but for `job`, and `log_offset` and `process`, which only Step uses.
  struct Attempt {
    Job job;  // as it was leased; never changes
    TimePoint lease_end;
    int lines_in_work = 0;  // while a line is being stored, a slow disk is to blame for the silence
    bool killed = false;
    std::optional<TimePoint> kill_at;
    std::optional<TimePoint> retry_end_at;  // its end could not be stored
    uint64_t log_offset = 0;
    bool ended = false;
    AttemptEnd end;
    std::unique_ptr<WorkerProcess> process;  // last: its callbacks use all of the above
  };

  std::string FolderOf(const Job& job) const;
  bool Draining() const;
  void Loop();
  void OnLine(Attempt* attempt, std::string_view line);
  void OnEnded(Attempt* attempt, const WorkerEnd& end);
  void Do(const WorkerLine& line, Attempt* attempt);
  void PublishSoFar(Attempt* attempt);
  void StoreProgress(Attempt* attempt, const JobProgress& progress);

  void FinishEnded();
  bool EndIsDue(const Attempt& attempt) const;
  // False: the attempt is over.
  bool TryEndAgain(const absl::Status& stored, Attempt* attempt);
  absl::Status Finish(const Attempt& attempt);

  void StopWorkers();
  bool CancelAsked(const std::string& id);

  void FillSlots();
  // False if there was none.
  bool StartNext(absl::Span<const JobKind> kinds);
  bool StartLeased(const absl::StatusOr<std::optional<Job>>& leased);
  absl::Status Launch(Attempt* attempt);
  void EndUnlaunched(Attempt* attempt, const absl::Status& error);
  int CountRunning(absl::Span<const JobKind> kinds) const;
  std::vector<Attempt*> Attempts() const;
  void Forget(const std::string& id);

  TimePoint NextWake();

  const JobRunnerOptions options_;
  JobStore* const store_;
  WorkerLauncher* const launcher_;
  const Clock* const clock_;
  const JobRunnerHooks hooks_;
  const JobEnding ending_;
  std::optional<TimePoint> retry_lease_at_;  // Step only: the store failed

  mutable Mutex mutex_;
  CondVar wake_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<TimePoint> drain_until_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::unique_ptr<Attempt>> attempts_ ABSL_GUARDED_BY(mutex_);  // by job id
  std::thread thread_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_RUNNER_H_
