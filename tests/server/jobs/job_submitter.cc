// A client that only submits: job_submitter DATA_DIR COUNT. Prints the id of each job once it is answered.
#include <cstdio>
#include <cstdlib>

#include "core/base/file.h"
#include "server/jobs/job_folder.h"
#include "server/jobs/job_queue.h"

int main(int argc, char** argv) {
  using namespace stanflow;  // NOLINT
  if (argc != 3) return 2;
  auto store = OpenSqliteJobStore(JobStorePath(argv[1]));
  if (!store.ok()) return 1;
  JobQueueOptions options;
  options.data_dir = argv[1];
  options.max_queued = 1000000;
  JobQueue queue(options, store->get(), &Clock::Real());
  for (int i = 0; i < std::atoi(argv[2]); ++i) {
    JobRequest request;
    request.kind = JobKind::kImport;
    request.spec_json = "{}";
    request.adopt_file = options.data_dir + "/incoming";
    if (!WriteFileDurably(request.adopt_file, "bytes").ok()) return 1;
    const auto job = queue.Submit(request);
    if (!job.ok()) return 1;
    std::printf("%s\n", job->id.c_str());
    std::fflush(stdout);
  }
  return 0;
}
