// A worker whose handler does what its spec says: {"do": "..."}.
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "absl/strings/str_cat.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "server/worker/worker_main.h"

namespace stanflow {
namespace {

absl::StatusOr<nlohmann::json> Succeed(const JobContext& context) {
  STANFLOW_RETURN_IF_ERROR(WriteFileDurably(context.job_dir + "/out/report.json", "{}"));
  return nlohmann::json{{"attempt", context.attempt}};
}

// Says its process id, then works until it is asked to stop.
absl::StatusOr<nlohmann::json> Wait(const JobContext& context) {
  JobProgress progress;
  progress.phase = "waiting";
  progress.message = absl::StrCat(::getpid());
  context.progress(progress);
  while (!context.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return absl::CancelledError("asked to stop");
}

absl::StatusOr<nlohmann::json> Crash(const JobContext&) {
  std::fprintf(stderr, "the last words of %d\n", ::getpid());
  ::raise(SIGKILL);
  return absl::InternalError("unreachable");
}

absl::StatusOr<nlohmann::json> Chatter(const JobContext& context) {
  std::printf("a library prints on standard output\n{\"type\":\"error\",\"code\":\"DATA_LOSS\"}\n");
  std::fflush(stdout);
  return Succeed(context);
}

absl::StatusOr<nlohmann::json> RunTestJob(const JobContext& context) {
  const std::string what = context.spec.value("do", "");
  if (what == "succeed") return Succeed(context);
  if (what == "wait") return Wait(context);
  if (what == "wait once") return context.attempt == 1 ? Wait(context) : Succeed(context);
  if (what == "crash") return Crash(context);
  if (what == "chatter") return Chatter(context);
  if (what == "throw") throw std::runtime_error("thrown by a library");
  return absl::InvalidArgumentError(absl::StrCat("unknown job '", what, "'"));
}

}  // namespace
}  // namespace stanflow

int main(int argc, char** argv) {
  const stanflow::JobKindEntry kinds[] = {{stanflow::JobKind::kTrain, stanflow::RunTestJob}};
  return stanflow::WorkerMain(argc, argv, kinds);
}
