#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/file_sink.h"
#include "client/cli/lib/job_text.h"
#include "client/cli/lib/job_wait.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string job, artifact, output;
};

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const Server server = cli.Connect();
  if (!options.artifact.empty()) {
    STANFLOW_ASSIGN_OR_RETURN(const std::string bytes,
                              GetArtifact(server, JobName(options.job), options.artifact));
    STANFLOW_RETURN_IF_ERROR(WriteOutput(cli, options.output, bytes));
    return ExitCode::kOk;
  }
  v1::GetJobRequest request;
  request.set_name(JobName(options.job));
  STANFLOW_ASSIGN_OR_RETURN(const v1::Job job,
                            server.Call(server.jobs.get(), &v1::Jobs::Stub::GetJob, request));
  STANFLOW_RETURN_IF_ERROR(cli.json ? cli.PrintJson(ToJson(job)) : cli.out->Write(DescribeJob(job)));
  return ExitCode::kOk;
}

}  // namespace

void AddJobsGetCommand(CLI::App* jobs, Cli* cli) {
  CLI::App* const command = AddCommand(jobs, cli, "get", "A job as it stands, or a file that it made");
  const auto options = std::make_shared<Options>();
  command->add_option("job", options->job, "\"jobs/ID\" or ID")->required()->type_name("JOB");
  CLI::Option* const artifact = command
                                    ->add_option("--artifact", options->artifact,
                                                 "Print this file of the job (report.json, report.html), as "
                                                 "it is: not with --json; default: the job itself")
                                    ->type_name("NAME")
                                    ->excludes(command->get_option("--json"));
  command->add_option("--output", options->output, "Write the artifact here; default: standard output")
      ->type_name("FILE")
      ->needs(artifact);
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
