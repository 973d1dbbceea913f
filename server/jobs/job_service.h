#ifndef STANFLOW_SERVER_JOBS_JOB_SERVICE_H_
#define STANFLOW_SERVER_JOBS_JOB_SERVICE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/jobs/job.h"

namespace stanflow {

struct JobRequest {
  JobKind kind = JobKind::kTrain;
  std::string spec_json;   // native spec of the kind; validated by the caller
  std::string request_id;  // empty: none
  int32_t priority = 0;
  // Import: file, or folder of files, that the job takes over (renamed into its folder as "upload").
  // Ownership moves iff OK.
  std::string adopt_file;
};

// What the RPC layer sees of the job queue. Thread-safe; every call returns after a bounded
// amount of disk work. Implemented over a JobStore by JobQueue (job_queue.h).
class JobService {
 public:
  virtual ~JobService() = default;
  // The job is on disk (fully synced) when this returns. With a known `request_id` answers
  // that job and stores nothing. RESOURCE_EXHAUSTED at once when the queue is full.
  virtual absl::StatusOr<Job> Submit(const JobRequest& request) = 0;
  virtual absl::StatusOr<Job> Get(const std::string& id) = 0;
  // Newest first; `page_token` empty is the first page; `next_page_token` empty after the last.
  virtual absl::StatusOr<std::vector<Job>> List(size_t page_size, const std::string& page_token,
                                                const std::vector<JobState>& states,
                                                std::string* next_page_token) = 0;
  virtual absl::StatusOr<Job> Cancel(const std::string& id) = 0;
  // Events of a job with a sequence above `after`, at most 1000.
  virtual absl::StatusOr<std::vector<JobEvent>> Events(const std::string& id, uint64_t after) = 0;
  // Calls `changed` (from any thread, briefly, without locks held) whenever the job has new
  // events, until Unsubscribe returns.
  virtual uint64_t Subscribe(const std::string& id, std::function<void()> changed) = 0;
  virtual void Unsubscribe(uint64_t subscription) = 0;
  // Path of an artefact of the job. NOT_FOUND names what there is.
  virtual absl::StatusOr<std::string> ArtifactPath(const std::string& id, const std::string& artifact) = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_SERVICE_H_
