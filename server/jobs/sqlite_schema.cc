#include "server/jobs/sqlite_schema.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

// One entry a version; version n is what the first n entries make. Entries are only ever added.
// Columns that are read as 64-bit numbers are BIGINT; `number` must be INTEGER to be the row's own id.
constexpr const char* kMigrations[] = {
    R"sql(
      CREATE TABLE jobs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        kind BIGINT NOT NULL,
        state BIGINT NOT NULL,
        priority BIGINT NOT NULL,
        created_ms BIGINT NOT NULL,
        started_ms BIGINT NOT NULL,
        ended_ms BIGINT NOT NULL,
        not_before_ms BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        failures BIGINT NOT NULL,
        max_failures BIGINT NOT NULL,
        publishing BIGINT NOT NULL,
        progress TEXT NOT NULL,
        request_id TEXT NOT NULL,
        error_code TEXT NOT NULL,
        error_message TEXT NOT NULL,
        result TEXT NOT NULL,
        artifacts TEXT NOT NULL,
        spec TEXT NOT NULL,
        result_json TEXT NOT NULL
      );
      CREATE UNIQUE INDEX jobs_by_request ON jobs (request_id) WHERE request_id <> '';
      CREATE INDEX jobs_by_state ON jobs (state, priority DESC, number);
      CREATE TABLE events (
        job BIGINT NOT NULL REFERENCES jobs (number),
        sequence BIGINT NOT NULL,
        time_ms BIGINT NOT NULL,
        state BIGINT NOT NULL,
        attempt BIGINT NOT NULL,
        progress TEXT NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY (job, sequence)
      ) WITHOUT ROWID
    )sql",
    "ALTER TABLE jobs ADD COLUMN setbacks BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE jobs ADD COLUMN leased_ms BIGINT NOT NULL DEFAULT 0",
};
constexpr long long kVersion = sizeof(kMigrations) / sizeof(kMigrations[0]);

std::string Pragma(soci::session* sql, const std::string& name, const std::string& value) {
  std::string answer;
  *sql << "PRAGMA " << name << " = " << value, soci::into(answer);
  return answer;
}

long long Version(soci::session* sql) {
  *sql << "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)";
  long long rows = 0, version = 0;
  *sql << "SELECT COUNT(*), COALESCE(MAX(version), 0) FROM schema_version", soci::into(rows),
      soci::into(version);
  if (rows == 0) *sql << "INSERT INTO schema_version VALUES (0)";
  return version;
}

// The driver runs the first statement of a text only.
void RunAll(soci::session* sql, const std::string& statements) {
  size_t begin = 0;
  while (begin < statements.size()) {
    const size_t end = std::min(statements.find(';', begin), statements.size());
    *sql << statements.substr(begin, end - begin);
    begin = end + 1;
  }
}

}  // namespace

absl::Status PrepareSqlite(soci::session* sql) {
  const std::string journal = Pragma(sql, "journal_mode", "WAL");
  if (journal != "wal") {
    return absl::FailedPreconditionError(
        absl::StrCat("the job store can't use a write-ahead log here (journal mode is '", journal,
                     "'): put data_dir on a local file system"));
  }
  *sql << "PRAGMA synchronous = FULL";
  *sql << "PRAGMA foreign_keys = ON";
  soci::transaction transaction(*sql);
  const long long version = Version(sql);
  if (version > kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the job store has version ", version, ", this program knows up to ", kVersion,
                     ": it was written by a newer stanflowd; start that one"));
  }
  for (long long v = version; v < kVersion; ++v) RunAll(sql, kMigrations[v]);
  *sql << "UPDATE schema_version SET version = :v", soci::use(kVersion);
  transaction.commit();
  return absl::OkStatus();
}

}  // namespace stanflow
