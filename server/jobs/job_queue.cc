#include "server/jobs/job_queue.h"

#include <algorithm>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/base/log.h"
#include "core/base/status_macros.h"
#include "server/jobs/job_folder.h"

namespace stanflow {
namespace {

constexpr size_t kMaxEvents = 1000;

// Random, so that an id never means another job after a data folder was thrown away.
std::string NewJobId(JobKind kind) {
  std::random_device device;
  return absl::StrFormat("%s-%08x%04x", JobKindName(kind), device(), device() & 0xffff);
}

absl::StatusOr<int64_t> ParsePageToken(const std::string& token) {
  if (token.empty()) return JobListQuery().before_number;
  int64_t number = 0;
  if (absl::SimpleAtoi(token, &number) && number > 0) return number;
  return absl::InvalidArgumentError(
      absl::StrCat("page_token '", token, "' is none: give the next_page_token of the answer before"));
}

}  // namespace

JobQueue::JobQueue(JobQueueOptions options, JobStore* store, const Clock* clock)
    : options_(std::move(options)), store_(store), clock_(clock) {}

absl::StatusOr<Job> JobQueue::Submit(const JobRequest& request) {
  Job job;
  job.id = NewJobId(request.kind);
  job.kind = request.kind;
  job.priority = request.priority;
  job.created_ms = clock_->NowMs();
  job.max_failures = options_.max_failures;
  job.request_id = request.request_id;
  job.spec_json = request.spec_json;
  STANFLOW_ASSIGN_OR_RETURN(Job answer, SubmitNew(job, request));
  if (answer.id != job.id) return answer;
  LogInfo("job queued", {{"job", answer.id}, {"priority", answer.priority}});
  Changed(answer);
  return answer;
}

absl::StatusOr<Job> JobQueue::SubmitNew(const Job& job, const JobRequest& request) {
  // The folder stands before the row: a row without its upload could never run, a folder without its row is
  // swept away at the next start.
  STANFLOW_RETURN_IF_ERROR(MakeJobFolder(options_.data_dir, job.id, request.adopt_file));
  absl::StatusOr<InsertedJob> inserted = store_->Insert(job, options_.max_queued);
  if (inserted.ok() && inserted->inserted) return inserted->job;
  const std::string give_back_to = inserted.ok() ? "" : request.adopt_file;
  const absl::Status undone = UnmakeJobFolder(options_.data_dir, job.id, give_back_to);
  if (!undone.ok()) LogWarning("job folder left behind", {{"job", job.id}, {"error", undone.ToString()}});
  STANFLOW_RETURN_IF_ERROR(inserted.status());
  return inserted->job;
}

absl::StatusOr<Job> JobQueue::Get(const std::string& id) { return store_->Get(id); }

absl::StatusOr<std::vector<Job>> JobQueue::List(size_t page_size, const std::string& page_token,
                                                const std::vector<JobState>& states,
                                                std::string* next_page_token) {
  JobListQuery query;
  STANFLOW_ASSIGN_OR_RETURN(query.before_number, ParsePageToken(page_token));
  query.states = states;
  query.limit = page_size + 1;  // one more tells whether there is a next page
  STANFLOW_ASSIGN_OR_RETURN(std::vector<Job> jobs, store_->List(query));
  next_page_token->clear();
  if (jobs.size() > page_size) {
    jobs.resize(page_size);
    if (!jobs.empty()) *next_page_token = absl::StrCat(jobs.back().number);
  }
  return jobs;
}

absl::StatusOr<Job> JobQueue::CancelStored(const std::string& id, bool* changed) {
  MutexLock lock(&cancel_mutex_);
  STANFLOW_ASSIGN_OR_RETURN(const Job before, store_->Get(id));
  JobChange cancel;
  cancel.action = JobAction::kCancel;
  cancel.now_ms = clock_->NowMs();
  STANFLOW_ASSIGN_OR_RETURN(Job job, store_->Change(id, /*attempt=*/0, cancel));
  // Only a cancel leads to these two states, and no other one came in between.
  const auto cancelled = [](JobState s) { return s == JobState::kCancelling || s == JobState::kCancelled; };
  *changed = cancelled(job.state) && !cancelled(before.state);
  return job;
}

absl::StatusOr<Job> JobQueue::Cancel(const std::string& id) {
  bool changed = false;
  STANFLOW_ASSIGN_OR_RETURN(Job job, CancelStored(id, &changed));
  if (!changed) return job;
  LogInfo("job cancelled", {{"job", id}, {"state", JobStateName(job.state)}});
  if (job.state == JobState::kCancelled) {
    const absl::Status removed = RemoveLeftovers(JobFolder(options_.data_dir, id));
    if (!removed.ok()) LogWarning("job files left behind", {{"job", id}, {"error", removed.ToString()}});
  }
  Changed(job);
  return job;
}

absl::StatusOr<std::vector<JobEvent>> JobQueue::Events(const std::string& id, uint64_t after) {
  return store_->Events(id, after, kMaxEvents);
}

uint64_t JobQueue::Subscribe(const std::string& id, std::function<void()> changed) {
  return notifier_.Subscribe(id, std::move(changed));
}

void JobQueue::Unsubscribe(uint64_t subscription) { notifier_.Unsubscribe(subscription); }

absl::StatusOr<std::string> JobQueue::ArtifactPath(const std::string& id, const std::string& artifact) {
  STANFLOW_ASSIGN_OR_RETURN(const Job job, store_->Get(id));
  // Only names that the job listed: a path that leads out of its folder is none of them.
  if (std::find(job.artifacts.begin(), job.artifacts.end(), artifact) != job.artifacts.end()) {
    return absl::StrCat(JobFolder(options_.data_dir, id), "/out/", artifact);
  }
  return absl::NotFoundError(
      absl::StrCat("job ", id, " (", JobStateName(job.state), ") has no artifact '", artifact, "'; it has ",
                   job.artifacts.empty() ? std::string("none") : absl::StrJoin(job.artifacts, ", ")));
}

absl::StatusOr<std::map<JobState, int64_t>> JobQueue::CountByState() { return store_->CountByState(); }

absl::StatusOr<std::optional<int64_t>> JobQueue::OldestQueuedMs() { return store_->OldestQueuedMs(); }

void JobQueue::SetWake(std::function<void()> wake) {
  MutexLock lock(&mutex_);
  wake_ = std::move(wake);
}

void JobQueue::SetChanged(std::function<void(const Job& job)> changed) {
  MutexLock lock(&mutex_);
  changed_ = std::move(changed);
}

void JobQueue::Changed(const Job& job) {
  std::function<void()> wake;
  std::function<void(const Job& job)> changed;
  {
    MutexLock lock(&mutex_);
    wake = wake_;
    changed = changed_;
  }
  if (wake) wake();
  if (changed) changed(job);
  notifier_.Notify(job.id);
}

}  // namespace stanflow
