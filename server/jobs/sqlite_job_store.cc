#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/mutex.h"
#include "core/base/status_macros.h"
#include "nlohmann/json.hpp"
#include "server/jobs/job_row.h"
#include "server/jobs/job_store.h"
#include "server/jobs/sqlite_schema.h"
#include "soci/soci.h"
#include "soci/sqlite3/soci-sqlite3.h"

namespace stanflow {
namespace {

// Another process may look into the file (sqlite3, a backup): wait for it.
constexpr int kBusySeconds = 10;

// QUEUED, or CANCELLING without a worker (job.h).
constexpr char kQueued[] = "state = 1", kCancelledWithoutWorker[] = "(state = 3 AND not_before_ms > 0)";
static_assert(static_cast<int>(JobState::kQueued) == 1 && static_cast<int>(JobState::kCancelling) == 3);

absl::Status SqliteError(int code, const std::string& text) {
  const std::string message = absl::StrCat("job store: ", text);
  switch (code & 0xff) {  // the low byte is the error's class
    case SQLITE_FULL:
      return absl::ResourceExhaustedError(absl::StrCat(message, "; free some space on data_dir's disk"));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::UnavailableError(message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::DataLossError(message);
    default:
      return absl::InternalError(message);
  }
}

// The one place where exceptions of the database end. Not analysed: the lock that `call` needs is the
// caller's.
template <typename F>
ABSL_NO_THREAD_SAFETY_ANALYSIS auto Catch(F call) -> decltype(call()) {
  try {
    return call();
  } catch (const soci::sqlite3_soci_error& e) {
    return SqliteError(e.result(), e.what());
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(absl::StrCat("job store: ", e.what()));
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("job store: ", e.what()));
  }
}

template <typename Enum>
std::string NumberList(absl::Span<const Enum> values) {
  return absl::StrJoin(values, ",",
                       [](std::string* out, Enum v) { absl::StrAppend(out, static_cast<int>(v)); });
}

class SqliteJobStore : public JobStore {
 public:
  absl::Status Open(const std::string& path) {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::Status {
      sql_.open(*soci::factory_sqlite3(), absl::StrCat("db=\"", path, "\" timeout=", kBusySeconds));
      return PrepareSqlite(&sql_);
    });
  }

  absl::StatusOr<InsertedJob> Insert(const Job& job, size_t max_queued) override {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::StatusOr<InsertedJob> {
      soci::transaction transaction(sql_);
      STANFLOW_ASSIGN_OR_RETURN(const std::optional<Job> known, Known(job));
      if (known.has_value()) return InsertedJob{*known, false};
      STANFLOW_RETURN_IF_ERROR(CheckRoom(max_queued));
      InsertedJob result{job, true};
      result.job.number = InsertJobRow(&sql_, job);
      InsertEventRow(&sql_, result.job, job.created_ms, nullptr, "queued");
      transaction.commit();
      return result;
    });
  }

  absl::StatusOr<Job> Get(const std::string& id) override {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return Find(id); });
  }

  absl::StatusOr<std::optional<Job>> FindRequest(const std::string& request_id) override {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::StatusOr<std::optional<Job>> {
      return ByRequest(request_id);
    });
  }

  absl::StatusOr<std::vector<Job>> List(const JobListQuery& query) override {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::StatusOr<std::vector<Job>> {
      const std::string in_states =
          query.states.empty()
              ? ""
              : absl::StrCat(" AND state IN (", NumberList(absl::MakeConstSpan(query.states)), ")");
      return SelectJobs(
          &sql_, absl::StrCat("WHERE number < :before", in_states, " ORDER BY number DESC LIMIT :most"), {},
          {query.before_number, static_cast<long long>(query.limit)});
    });
  }

  absl::StatusOr<std::vector<JobEvent>> Events(const std::string& id, uint64_t after, size_t limit) override {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::StatusOr<std::vector<JobEvent>> {
      STANFLOW_ASSIGN_OR_RETURN(const Job job, Find(id));
      return SelectEvents(&sql_, job.number, after, limit);
    });
  }

  absl::StatusOr<Job> Change(const std::string& id, uint32_t attempt, const JobChange& change) override {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::StatusOr<Job> {
      soci::transaction transaction(sql_);
      STANFLOW_ASSIGN_OR_RETURN(const Job job, Find(id));
      STANFLOW_RETURN_IF_ERROR(CheckAttempt(job, attempt));
      STANFLOW_ASSIGN_OR_RETURN(const Job changed, ApplyTo(job, change));
      transaction.commit();
      return changed;
    });
  }

  absl::Status AddProgress(const std::string& id, uint32_t attempt, const JobProgress& progress,
                           int64_t now_ms) override {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::Status {
      soci::transaction transaction(sql_);
      STANFLOW_ASSIGN_OR_RETURN(Job job, Find(id));
      STANFLOW_RETURN_IF_ERROR(CheckAttempt(job, attempt));
      if (job.state != JobState::kRunning && job.state != JobState::kCancelling) {
        return absl::FailedPreconditionError(
            absl::StrCat("job ", id, " is ", JobStateName(job.state), ": no progress"));
      }
      job.progress = progress;
      STANFLOW_RETURN_IF_ERROR(Update(job, job.state, job.attempts));
      InsertEventRow(&sql_, job, now_ms, &progress, "");
      transaction.commit();
      return absl::OkStatus();
    });
  }

  absl::StatusOr<std::optional<Job>> LeaseNext(absl::Span<const JobKind> kinds, int64_t now_ms) override {
    return LeaseWhere(absl::StrCat(kQueued, " AND kind IN (", NumberList(kinds), ")"), now_ms);
  }

  absl::StatusOr<std::optional<Job>> LeaseCancelled(int64_t now_ms) override {
    return LeaseWhere(kCancelledWithoutWorker, now_ms);
  }

  absl::StatusOr<std::optional<int64_t>> NextDueMs(int64_t now_ms) override {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::StatusOr<std::optional<int64_t>> {
      const long long now = now_ms;
      long long due = 0;
      sql_ << "SELECT COALESCE(MIN(not_before_ms), 0) FROM jobs WHERE not_before_ms > :now AND (" << kQueued
           << " OR " << kCancelledWithoutWorker << ")",
          soci::use(now), soci::into(due);
      return due == 0 ? std::optional<int64_t>() : std::optional<int64_t>(due);
    });
  }

  absl::StatusOr<std::vector<Job>> HandBackAll(int64_t now_ms, const std::string& message) override {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::StatusOr<std::vector<Job>> {
      soci::transaction transaction(sql_);
      std::vector<Job> jobs =
          SelectJobs(&sql_, "WHERE state IN (:running, :cancelling) ORDER BY number", {},
                     {static_cast<int>(JobState::kRunning), static_cast<int>(JobState::kCancelling)});
      JobChange change;
      change.action = JobAction::kHandBack;
      change.now_ms = now_ms;
      change.message = message;
      for (Job& job : jobs) {
        STANFLOW_ASSIGN_OR_RETURN(job, ApplyTo(job, change));
      }
      transaction.commit();
      return jobs;
    });
  }

  absl::StatusOr<std::map<JobState, int64_t>> CountByState() override {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::StatusOr<std::map<JobState, int64_t>> {
      std::map<JobState, int64_t> counts;
      long long state = 0, count = 0;
      soci::statement select = (sql_.prepare << "SELECT state, COUNT(*) FROM jobs GROUP BY state",
                                soci::into(state), soci::into(count));
      select.execute();
      while (select.fetch()) counts[static_cast<JobState>(state)] = count;
      return counts;
    });
  }

  absl::StatusOr<std::optional<int64_t>> OldestQueuedMs() override {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::StatusOr<std::optional<int64_t>> {
      long long oldest = 0, queued = 0;
      sql_ << "SELECT COALESCE(MIN(created_ms), 0), COUNT(*) FROM jobs WHERE state = "
           << static_cast<int>(JobState::kQueued),
          soci::into(oldest), soci::into(queued);
      return queued == 0 ? std::optional<int64_t>() : std::optional<int64_t>(oldest);
    });
  }

 private:
  absl::StatusOr<std::optional<Job>> LeaseWhere(const std::string& condition, int64_t now_ms) {
    return Locked([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::StatusOr<std::optional<Job>> {
      soci::transaction transaction(sql_);
      const std::vector<Job> due =
          SelectJobs(&sql_,
                     absl::StrCat("WHERE ", condition,
                                  " AND not_before_ms <= :now ORDER BY priority DESC, number LIMIT 1"),
                     {}, {now_ms});
      if (due.empty()) return std::optional<Job>();
      JobChange lease;
      lease.action = JobAction::kLease;
      lease.now_ms = now_ms;
      STANFLOW_ASSIGN_OR_RETURN(Job leased, ApplyTo(due[0], lease));
      transaction.commit();
      return std::optional<Job>(std::move(leased));
    });
  }

  template <typename F>
  auto Locked(F call) -> decltype(call()) {
    MutexLock lock(&mutex_);
    return Catch(call);
  }

  absl::StatusOr<Job> Find(const std::string& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::vector<Job> jobs = SelectJobs(&sql_, "WHERE id = :id", {id}, {});
    if (jobs.empty()) return absl::NotFoundError(absl::StrCat("no job '", id, "'"));
    return std::move(jobs[0]);
  }

  std::optional<Job> ByRequest(const std::string& request_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (request_id.empty()) return std::nullopt;
    std::vector<Job> jobs = SelectJobs(&sql_, "WHERE request_id = :request", {request_id}, {});
    return jobs.empty() ? std::optional<Job>() : std::optional<Job>(std::move(jobs[0]));
  }

  absl::StatusOr<std::optional<Job>> Known(const Job& job) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::optional<Job> known = ByRequest(job.request_id);
    if (known.has_value() && known->kind != job.kind) {
      return absl::InvalidArgumentError(absl::StrCat("request_id '", job.request_id, "' belongs to job ",
                                                     known->id, " of another kind (",
                                                     JobKindName(known->kind), ")"));
    }
    return known;
  }

  absl::Status CheckRoom(size_t max_queued) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    long long queued = 0;
    sql_ << "SELECT COUNT(*) FROM jobs WHERE state = " << static_cast<int>(JobState::kQueued),
        soci::into(queued);
    if (static_cast<size_t>(queued) < max_queued) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        absl::StrCat("the job queue is full (", queued, " jobs wait); try again when some have run"));
  }

  static absl::Status CheckAttempt(const Job& job, uint32_t attempt) {
    if (attempt == 0 || attempt == job.attempts) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("job ", job.id, " is at attempt ", job.attempts, ", not ", attempt));
  }

  absl::Status Update(const Job& job, JobState old_state, uint32_t old_attempts)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (UpdateJobRow(&sql_, job, old_state, old_attempts)) return absl::OkStatus();
    return absl::AbortedError(absl::StrCat("job ", job.id, " was changed from outside of this server"));
  }

  absl::StatusOr<Job> ApplyTo(const Job& job, const JobChange& change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    STANFLOW_ASSIGN_OR_RETURN(const ChangedJob next, ApplyChange(job, change));
    if (!next.changed) return next.job;
    STANFLOW_RETURN_IF_ERROR(Update(next.job, job.state, job.attempts));
    InsertEventRow(&sql_, next.job, change.now_ms, nullptr, next.message);
    return next.job;
  }

  Mutex mutex_;
  soci::session sql_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<JobStore>> OpenSqliteJobStore(const std::string& path) {
  auto store = std::make_unique<SqliteJobStore>();
  const absl::Status opened = store->Open(path);
  if (!opened.ok()) return absl::Status(opened.code(), absl::StrCat(path, ": ", opened.message()));
  return std::unique_ptr<JobStore>(std::move(store));
}

}  // namespace stanflow
