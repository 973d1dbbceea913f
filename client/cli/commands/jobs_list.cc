#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/job_text.h"
#include "client/cli/lib/paging.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::vector<std::string> states;
  size_t limit = 50;
};

std::string Outcome(const v1::Job& job) {
  if (job.state() == v1::JOB_STATE_SUCCEEDED) return job.result();
  if (job.state() == v1::JOB_STATE_FAILED) return job.error_code();
  if (job.state() == v1::JOB_STATE_RUNNING) return FormatShare(job.progress().fraction());
  return "";
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  v1::ListJobsRequest request;
  for (const std::string& name : options.states) {
    STANFLOW_ASSIGN_OR_RETURN(const v1::JobState state, ParseState(name));
    request.add_states(state);
  }
  const Server server = cli.Connect();
  STANFLOW_ASSIGN_OR_RETURN(const auto jobs, ListJobs(server, std::move(request), options.limit));
  if (cli.json) {
    Json list = Json::array();
    for (const auto& job : jobs) list.push_back(ToJson(job));
    STANFLOW_RETURN_IF_ERROR(cli.PrintJson({{"jobs", std::move(list)}}));
    return ExitCode::kOk;
  }
  Table table({"JOB", "KIND", "STATE", "CREATED", "ENDED", "RESULT"});
  for (const auto& job : jobs) {
    table.Row({job.name(), KindName(job.kind()), StateName(job.state()),
               FormatTime(job.has_create_time(), job.create_time()),
               FormatTime(job.has_end_time(), job.end_time()), Outcome(job)});
  }
  STANFLOW_RETURN_IF_ERROR(cli.out->Write(table.ToString()));
  return ExitCode::kOk;
}

}  // namespace

void AddJobsListCommand(CLI::App* jobs, Cli* cli) {
  CLI::App* const command = AddCommand(jobs, cli, "list", "Jobs, newest first");
  const auto options = std::make_shared<Options>();
  command->add_option("--state", options->states, "Only jobs in this state; may be repeated; default: all")
      ->check(CLI::IsMember(AllStateNames(), CLI::ignore_case));
  command->add_option("--limit", options->limit, "At most so many jobs; 0: all")
      ->type_name("N")
      ->capture_default_str();
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
