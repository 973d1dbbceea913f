#include "server/jobs/job_row.h"

#include "nlohmann/json.hpp"
#include "server/jobs/job_json.h"

namespace stanflow {
namespace {

constexpr char kColumns[] =
    "number, id, kind, state, priority, created_ms, started_ms, ended_ms, not_before_ms, attempts, "
    "leased_ms, failures, max_failures, setbacks, publishing, progress, request_id, error_code, "
    "error_message, result, artifacts, spec, result_json";

// A row of `jobs` in the types that the driver knows.
struct JobRow {
  long long number = 0, kind = 0, state = 0, priority = 0, created_ms = 0, started_ms = 0, ended_ms = 0,
            not_before_ms = 0, attempts = 0, leased_ms = 0, failures = 0, max_failures = 0, setbacks = 0,
            publishing = 0;
  std::string id, progress, request_id, error_code, error_message, result, artifacts, spec, result_json;
};

JobRow RowOf(const Job& job) {
  JobRow row;
  row.number = job.number;
  row.kind = static_cast<int>(job.kind);
  row.state = static_cast<int>(job.state);
  row.priority = job.priority;
  row.created_ms = job.created_ms;
  row.started_ms = job.started_ms;
  row.ended_ms = job.ended_ms;
  row.not_before_ms = job.not_before_ms;
  row.attempts = job.attempts;
  row.leased_ms = job.leased_ms;
  row.failures = job.failures;
  row.max_failures = job.max_failures;
  row.setbacks = job.setbacks;
  row.publishing = job.publishing ? 1 : 0;
  row.id = job.id;
  row.progress = DumpLine(ProgressToJson(job.progress));
  row.request_id = job.request_id;
  row.error_code = job.error_code;
  row.error_message = job.error_message;
  row.result = job.result;
  row.artifacts = DumpLine(nlohmann::json(job.artifacts));
  row.spec = job.spec_json;
  row.result_json = job.result_json;
  return row;
}

JobProgress ParseProgress(const std::string& text) {
  return ProgressFromJson(nlohmann::json::parse(text)).value();
}

Job JobOf(const JobRow& row) {
  Job job;
  job.number = row.number;
  job.kind = static_cast<JobKind>(row.kind);
  job.state = static_cast<JobState>(row.state);
  job.priority = static_cast<int32_t>(row.priority);
  job.created_ms = row.created_ms;
  job.started_ms = row.started_ms;
  job.ended_ms = row.ended_ms;
  job.not_before_ms = row.not_before_ms;
  job.attempts = static_cast<uint32_t>(row.attempts);
  job.leased_ms = row.leased_ms;
  job.failures = static_cast<uint32_t>(row.failures);
  job.max_failures = static_cast<uint32_t>(row.max_failures);
  job.setbacks = static_cast<uint32_t>(row.setbacks);
  job.publishing = row.publishing != 0;
  job.id = row.id;
  job.progress = ParseProgress(row.progress);
  job.request_id = row.request_id;
  job.error_code = row.error_code;
  job.error_message = row.error_message;
  job.result = row.result;
  job.artifacts = nlohmann::json::parse(row.artifacts).get<std::vector<std::string>>();
  job.spec_json = row.spec;
  job.result_json = row.result_json;
  return job;
}

// In the order of kColumns.
void BindInto(soci::statement* statement, JobRow* row) {
  statement->exchange(soci::into(row->number));
  statement->exchange(soci::into(row->id));
  for (auto* column : {&row->kind, &row->state, &row->priority, &row->created_ms, &row->started_ms,
                       &row->ended_ms, &row->not_before_ms, &row->attempts, &row->leased_ms, &row->failures,
                       &row->max_failures, &row->setbacks, &row->publishing}) {
    statement->exchange(soci::into(*column));
  }
  for (auto* column : {&row->progress, &row->request_id, &row->error_code, &row->error_message, &row->result,
                       &row->artifacts, &row->spec, &row->result_json}) {
    statement->exchange(soci::into(*column));
  }
}

}  // namespace

std::vector<Job> SelectJobs(soci::session* sql, const std::string& rest,
                            const std::vector<std::string>& texts, const std::vector<long long>& numbers) {
  JobRow row;
  soci::statement statement(*sql);
  BindInto(&statement, &row);
  for (const std::string& text : texts) statement.exchange(soci::use(text));
  for (const long long& number : numbers) statement.exchange(soci::use(number));
  statement.alloc();
  statement.prepare(std::string("SELECT ") + kColumns + " FROM jobs " + rest);
  statement.define_and_bind();
  statement.execute();
  std::vector<Job> jobs;
  while (statement.fetch()) jobs.push_back(JobOf(row));
  return jobs;
}

int64_t InsertJobRow(soci::session* sql, const Job& job) {
  const JobRow row = RowOf(job);
  *sql << "INSERT INTO jobs (id, kind, state, priority, created_ms, started_ms, ended_ms, not_before_ms, "
          "attempts, leased_ms, failures, max_failures, setbacks, publishing, progress, request_id, "
          "error_code, error_message, result, artifacts, spec, result_json) VALUES (:id, :kind, :state, "
          ":priority, :created, :started, :ended, :not_before, :attempts, :leased, :failures, :max_failures, "
          ":setbacks, :publishing, :progress, :request_id, :error_code, :error_message, :result, :artifacts, "
          ":spec, :result_json)",
      soci::use(row.id), soci::use(row.kind), soci::use(row.state), soci::use(row.priority),
      soci::use(row.created_ms), soci::use(row.started_ms), soci::use(row.ended_ms),
      soci::use(row.not_before_ms), soci::use(row.attempts), soci::use(row.leased_ms),
      soci::use(row.failures), soci::use(row.max_failures), soci::use(row.setbacks),
      soci::use(row.publishing), soci::use(row.progress), soci::use(row.request_id),
      soci::use(row.error_code), soci::use(row.error_message), soci::use(row.result),
      soci::use(row.artifacts), soci::use(row.spec), soci::use(row.result_json);
  long long number = 0;
  *sql << "SELECT number FROM jobs WHERE id = :id", soci::use(row.id), soci::into(number);
  return number;
}

bool UpdateJobRow(soci::session* sql, const Job& job, JobState old_state, uint32_t old_attempts) {
  const JobRow row = RowOf(job);
  const long long state_before = static_cast<int>(old_state), attempts_before = old_attempts;
  soci::statement update =
      (sql->prepare
           << "UPDATE jobs SET state = :state, started_ms = :started, ended_ms = :ended, not_before_ms = "
              ":not_before, attempts = :attempts, leased_ms = :leased, failures = :failures, setbacks = "
              ":setbacks, publishing = :publishing, progress = :progress, error_code = :error_code, "
              "error_message = :error_message, result = :result, artifacts = :artifacts, result_json = "
              ":result_json WHERE number = :number AND state = :old_state AND attempts = :old_attempts",
       soci::use(row.state), soci::use(row.started_ms), soci::use(row.ended_ms), soci::use(row.not_before_ms),
       soci::use(row.attempts), soci::use(row.leased_ms), soci::use(row.failures), soci::use(row.setbacks),
       soci::use(row.publishing), soci::use(row.progress), soci::use(row.error_code),
       soci::use(row.error_message), soci::use(row.result), soci::use(row.artifacts),
       soci::use(row.result_json), soci::use(row.number), soci::use(state_before),
       soci::use(attempts_before));
  update.execute(true);
  return update.get_affected_rows() == 1;
}

void InsertEventRow(soci::session* sql, const Job& job, int64_t time_ms, const JobProgress* progress,
                    const std::string& message) {
  const long long number = job.number, time = time_ms, state = static_cast<int>(job.state),
                  attempt = job.attempts;
  const std::string progress_text = progress == nullptr ? "" : DumpLine(ProgressToJson(*progress));
  *sql << "INSERT INTO events (job, sequence, time_ms, state, attempt, progress, message) VALUES (:job, "
          "(SELECT COALESCE(MAX(sequence), 0) + 1 FROM events WHERE job = :same_job), :time, :state, "
          ":attempt, :progress, :message)",
      soci::use(number), soci::use(number), soci::use(time), soci::use(state), soci::use(attempt),
      soci::use(progress_text), soci::use(message);
}

std::vector<JobEvent> SelectEvents(soci::session* sql, int64_t job_number, uint64_t after, size_t limit) {
  const long long number = job_number, first = static_cast<long long>(after),
                  most = static_cast<long long>(limit);
  long long sequence = 0, time_ms = 0, state = 0, attempt = 0;
  std::string progress, message;
  soci::statement select =
      (sql->prepare << "SELECT sequence, time_ms, state, attempt, progress, message FROM events WHERE job = "
                       ":job AND sequence > :after ORDER BY sequence LIMIT :most",
       soci::use(number), soci::use(first), soci::use(most), soci::into(sequence), soci::into(time_ms),
       soci::into(state), soci::into(attempt), soci::into(progress), soci::into(message));
  select.execute();
  std::vector<JobEvent> events;
  while (select.fetch()) {
    JobEvent event;
    event.sequence = static_cast<uint64_t>(sequence);
    event.time_ms = time_ms;
    event.state = static_cast<JobState>(state);
    event.attempt = static_cast<uint32_t>(attempt);
    event.has_progress = !progress.empty();
    if (event.has_progress) event.progress = ParseProgress(progress);
    event.message = message;
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace stanflow
