#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/job_text.h"
#include "client/cli/lib/job_wait.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string job;
  uint64_t after = 0;
  double retry_seconds = 60;
};

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const Server server = cli.Connect();
  JobWatch watch{JobName(options.job), options.after, options.retry_seconds};
  if (!cli.json) {
    STANFLOW_ASSIGN_OR_RETURN(const v1::Job job, WaitForJob(cli, server, watch));
    STANFLOW_RETURN_IF_ERROR(cli.out->Write(DescribeJob(job)));
    return JobOutcome(cli, job);
  }
  watch.on_break = [&](const absl::Status& why) { NoteBreak(cli, watch, why); };
  STANFLOW_RETURN_IF_ERROR(WatchEvents(server, watch, [&cli](const v1::JobEvent& event) {
    return cli.out->Write(ToJson(event).dump() + "\n");
  }));
  v1::GetJobRequest request;
  request.set_name(watch.name);
  STANFLOW_ASSIGN_OR_RETURN(const v1::Job job,
                            server.Call(server.jobs.get(), &v1::Jobs::Stub::GetJob, request));
  return JobOutcome(cli, job);
}

}  // namespace

void AddJobsWatchCommand(CLI::App* jobs, Cli* cli) {
  CLI::App* const command =
      AddCommand(jobs, cli, "watch", "Follow a job until it ends, then answer by its outcome");
  const auto options = std::make_shared<Options>();
  command->add_option("job", options->job, "\"jobs/ID\" or ID")->required()->type_name("JOB");
  command->add_option("--after", options->after, "Leave out the events up to this number")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--retry-seconds", options->retry_seconds, "Seconds to wait for a server that is gone")
      ->type_name("SECONDS")
      ->check(kIsNotNegative)
      ->capture_default_str();
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
