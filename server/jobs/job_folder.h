#ifndef STANFLOW_SERVER_JOBS_JOB_FOLDER_H_
#define STANFLOW_SERVER_JOBS_JOB_FOLDER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/file.h"

namespace stanflow {

// The parts of the data folder that jobs own:
//   STANFLOW        says that the folder is one, so that no other is taken for it
//   LOCK            held by the server
//   jobs.db         job_store.h
//   jobs/<id>/      spec.json, LOCK and worker.log of its worker, `upload` (imports), nfcapd.LOCK and
//                   nfcapd.log (collections), `published`, checkpoint/, out/, result.json
//
// Makes the data folder if needed and locks it for this process's life. FAILED_PRECONDITION, naming the other
// process, if a server has it already; also, before anything is written, if the folder holds other things
// than a server's: what a start sweeps away there (uploads/, tmp/, folders in jobs/) might be somebody's.
absl::StatusOr<FileLock> LockDataFolder(const std::string& data_dir);

std::string JobStorePath(const std::string& data_dir);
std::string JobFolder(const std::string& data_dir, const std::string& job_id);

// Makes a new job's folder and moves `adopt_file`, a file or a folder (unless empty), into it as `upload`.
// Durable when OK; after an error it is where it was and no folder is left. Both must be on one file system.
absl::Status MakeJobFolder(const std::string& data_dir, const std::string& job_id,
                           const std::string& adopt_file);
// Undoes MakeJobFolder.
absl::Status UnmakeJobFolder(const std::string& data_dir, const std::string& job_id,
                             const std::string& adopt_file);

// Names of the regular files right in `out/`, sorted.
absl::StatusOr<std::vector<std::string>> ListArtifacts(const std::string& job_folder);
// Removes what only a next attempt or a publishing would need: `upload`, `checkpoint/` and the folders in
// `out/`. Artifacts stay.
absl::Status RemoveLeftovers(const std::string& job_folder);

// Cleans up after a server that died between two steps: removes folders of jobs that are not `known`, and the
// leftovers of those that have `ended`. Only before jobs are submitted.
absl::Status SweepJobFolders(const std::string& data_dir,
                             const std::function<bool(const std::string& id)>& known,
                             const std::function<bool(const std::string& id)>& ended);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_JOB_FOLDER_H_
