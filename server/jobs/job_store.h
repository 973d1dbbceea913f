#ifndef STANFLOW_SERVER_JOBS_JOB_STORE_H_
#define STANFLOW_SERVER_JOBS_JOB_STORE_H_

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/jobs/job.h"
#include "server/jobs/job_state.h"

namespace stanflow {

struct JobListQuery {
  size_t limit = 50;
  int64_t before_number = std::numeric_limits<int64_t>::max();
  std::vector<JobState> states;  // empty: all
};

struct InsertedJob {
  Job job;
  bool inserted = false;  // false: a job of this request_id was there; `job` is that one
};

// Where jobs and their events are kept. Thread-safe. Every change is one transaction that is on disk when the
// call returns OK; after an error nothing has changed. A change of state writes its event in the same
// transaction, so that a job's events are numbered 1, 2, ... without gaps.
//
// Errors of the disk: RESOURCE_EXHAUSTED (full), DATA_LOSS (damaged), UNAVAILABLE (locked), else INTERNAL.
// NOT_FOUND for an unknown job id.
class JobStore {
 public:
  virtual ~JobStore() = default;

  // Stores a QUEUED job and numbers it. RESOURCE_EXHAUSTED if `max_queued` are QUEUED already.
  // INVALID_ARGUMENT if its request_id belongs to a job of another kind.
  virtual absl::StatusOr<InsertedJob> Insert(const Job& job, size_t max_queued) = 0;

  virtual absl::StatusOr<Job> Get(const std::string& id) = 0;
  virtual absl::StatusOr<std::optional<Job>> FindRequest(const std::string& request_id) = 0;
  // Newest first.
  virtual absl::StatusOr<std::vector<Job>> List(const JobListQuery& query) = 0;
  // Oldest first, those with a sequence above `after`.
  virtual absl::StatusOr<std::vector<JobEvent>> Events(const std::string& id, uint64_t after,
                                                       size_t limit) = 0;

  // Applies a change (job_state.h) and answers the job afterwards. FAILED_PRECONDITION if the job's state
  // does not allow it, or if `attempt` (0: any) is not the job's newest: a worker that lost its lease writes
  // nothing.
  virtual absl::StatusOr<Job> Change(const std::string& id, uint32_t attempt, const JobChange& change) = 0;
  // Stores progress and its event; the same fence. Only jobs that have a worker make progress.
  virtual absl::Status AddProgress(const std::string& id, uint32_t attempt, const JobProgress& progress,
                                   int64_t now_ms) = 0;

  // Leases the job of one of `kinds` that is QUEUED and due: largest priority first, then order of arrival.
  virtual absl::StatusOr<std::optional<Job>> LeaseNext(absl::Span<const JobKind> kinds, int64_t now_ms) = 0;
  // The same of those that are CANCELLING and have no worker.
  virtual absl::StatusOr<std::optional<Job>> LeaseCancelled(int64_t now_ms) = 0;
  // When the first of the jobs that wait for their next try after `now_ms` is due.
  virtual absl::StatusOr<std::optional<int64_t>> NextDueMs(int64_t now_ms) = 0;
  // Ends every attempt: of a server that is gone, so none has a worker any more. Answers the jobs afterwards.
  virtual absl::StatusOr<std::vector<Job>> HandBackAll(int64_t now_ms, const std::string& message) = 0;

  virtual absl::StatusOr<std::map<JobState, int64_t>> CountByState() = 0;
  // When the QUEUED job that has waited longest was submitted; none if none waits.
  virtual absl::StatusOr<std::optional<int64_t>> OldestQueuedMs() = 0;
};

// SQLite in one file (WAL, synchronous=FULL), made if it is not there. FAILED_PRECONDITION if a newer program
// wrote it. One process only: hold the data folder's lock (data_folder.h).
absl::StatusOr<std::unique_ptr<JobStore>> OpenSqliteJobStore(const std::string& path);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_STORE_H_
