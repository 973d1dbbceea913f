#ifndef STANFLOW_TESTS_SERVER_JOBS_JOB_TESTING_H_
#define STANFLOW_TESTS_SERVER_JOBS_JOB_TESTING_H_

#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <string>

#include "core/base/clock.h"
#include "server/jobs/job.h"
#include "server/jobs/job_state.h"

namespace stanflow {

// A folder of its own for a test, removed with it.
class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "stanflow-jobs-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class FakeClock : public Clock {
 public:
  int64_t NowMs() const override { return kStartMs + elapsed_ms_; }
  std::chrono::steady_clock::time_point SteadyNow() const override {
    return std::chrono::steady_clock::time_point(std::chrono::milliseconds(1000000 + elapsed_ms_));
  }
  void AdvanceMs(int64_t ms) { elapsed_ms_ += ms; }

  static constexpr int64_t kStartMs = 1460000000000;

 private:
  std::atomic<int64_t> elapsed_ms_{0};
};

inline Job NewJob(const std::string& id, JobKind kind = JobKind::kTrain, int32_t priority = 0) {
  Job job;
  job.id = id;
  job.kind = kind;
  job.priority = priority;
  job.created_ms = FakeClock::kStartMs;
  job.spec_json = "{}";
  return job;
}

inline JobChange Change(JobAction action, int64_t now_ms = FakeClock::kStartMs) {
  JobChange change;
  change.action = action;
  change.now_ms = now_ms;
  return change;
}

inline JobChange Failure(absl::Status error, int64_t now_ms = FakeClock::kStartMs) {
  JobChange change = Change(JobAction::kFail, now_ms);
  change.error = std::move(error);
  return change;
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SERVER_JOBS_JOB_TESTING_H_
