#ifndef STANFLOW_SERVER_JOBS_JOB_ROW_H_
#define STANFLOW_SERVER_JOBS_JOB_ROW_H_

#include <string>
#include <vector>

#include "server/jobs/job.h"
#include "soci/soci.h"

namespace stanflow {

// Rows of the tables `jobs` and `events` (sqlite_schema.h) as Job and JobEvent. SOCI throws; callers catch,
// and let one thread at a time use a session.

// Jobs by the rest of a SELECT ("WHERE id = :id AND number < :n"): first the text parameters, then the
// numbers.
std::vector<Job> SelectJobs(soci::session* sql, const std::string& rest,
                            const std::vector<std::string>& texts, const std::vector<long long>& numbers);
// Stores a new job and answers its number.
int64_t InsertJobRow(soci::session* sql, const Job& job);
// Writes all columns that change, of the row with this state and attempt number. False if there is none.
bool UpdateJobRow(soci::session* sql, const Job& job, JobState old_state, uint32_t old_attempts);

// Gives the event the job's next sequence number and stores it.
void InsertEventRow(soci::session* sql, const Job& job, int64_t time_ms, const JobProgress* progress,
                    const std::string& message);
std::vector<JobEvent> SelectEvents(soci::session* sql, int64_t job_number, uint64_t after, size_t limit);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_ROW_H_
