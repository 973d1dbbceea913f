#ifndef STANFLOW_SERVER_JOBS_SQLITE_SCHEMA_H_
#define STANFLOW_SERVER_JOBS_SQLITE_SCHEMA_H_

#include "absl/status/status.h"
#include "soci/soci.h"

namespace stanflow {

// Sets the session's pragmas and brings the tables up to this program's version. SOCI throws.
// FAILED_PRECONDITION if a newer program wrote the file.
absl::Status PrepareSqlite(soci::session* sql);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_SQLITE_SCHEMA_H_
