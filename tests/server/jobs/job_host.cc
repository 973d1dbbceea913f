// A server that only runs jobs: job_host DATA_DIR WORKER. Prints "ID STATE MESSAGE" after each change.
#include <cstdio>

#include "server/jobs/job_folder.h"
#include "server/jobs/job_runner.h"
#include "server/jobs/process_launcher.h"

int main(int argc, char** argv) {
  using namespace stanflow;  // NOLINT
  if (argc != 3) return 2;
  const std::string data_dir = argv[1];
  const auto lock = LockDataFolder(data_dir);
  auto store = OpenSqliteJobStore(JobStorePath(data_dir));
  ProcessLauncherOptions launch;
  launch.program = argv[2];
  launch.data_dir = data_dir;
  launch.threads = 1;
  auto launcher = MakeProcessLauncher(launch);
  if (!lock.ok() || !store.ok() || !launcher.ok()) return 1;
  JobRunnerOptions options;
  options.data_dir = data_dir;
  JobRunnerHooks hooks;
  hooks.publish = [](const Job& job, const std::string&) -> absl::StatusOr<std::string> { return job.id; };
  hooks.changed = [](const Job& job) {
    std::printf("%s %s %s\n", job.id.c_str(), JobStateName(job.state), job.progress.message.c_str());
    std::fflush(stdout);
  };
  JobRunner runner(options, store->get(), launcher->get(), &Clock::Real(), hooks);
  if (!runner.Recover().ok()) return 1;
  runner.Start();
  std::getchar();  // until standard input ends
  runner.Drain(std::chrono::seconds(10));
  return 0;
}
