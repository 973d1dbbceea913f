#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/job_text.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string job;
};

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const Server server = cli.Connect();
  v1::CancelJobRequest request;
  request.set_name(JobName(options.job));
  STANFLOW_ASSIGN_OR_RETURN(const v1::Job job,
                            server.Call(server.jobs.get(), &v1::Jobs::Stub::CancelJob, request));
  STANFLOW_RETURN_IF_ERROR(cli.json ? cli.PrintJson(ToJson(job))
                                    : cli.out->Write(StrCat(job.name(), " ", StateName(job.state()), "\n")));
  return ExitCode::kOk;
}

}  // namespace

void AddJobsCancelCommand(CLI::App* jobs, Cli* cli) {
  CLI::App* const command =
      AddCommand(jobs, cli, "cancel", "Ask a job to stop; one that has ended stays as it is");
  const auto options = std::make_shared<Options>();
  command->add_option("job", options->job, "\"jobs/ID\" or ID")->required()->type_name("JOB");
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
