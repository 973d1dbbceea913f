#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/paging.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct NoOptions {};

absl::StatusOr<std::string> Health(const Server& server) {
  using grpc::health::v1::HealthCheckResponse;
  const auto answer = server.Call(server.health.get(), &grpc::health::v1::Health::Stub::Check,
                                  grpc::health::v1::HealthCheckRequest());
  if (!answer.ok()) return answer.status();
  return HealthCheckResponse::ServingStatus_Name(answer->status());
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const NoOptions& options) {
  const Server server = cli.Connect();
  STANFLOW_ASSIGN_OR_RETURN(const std::string health, Health(server));
  STANFLOW_ASSIGN_OR_RETURN(const auto datasets, AllDatasets(server));
  STANFLOW_ASSIGN_OR_RETURN(const auto models, AllModels(server));
  v1::ListJobsRequest request;
  for (v1::JobState state : {v1::JOB_STATE_QUEUED, v1::JOB_STATE_RUNNING, v1::JOB_STATE_CANCELLING}) {
    request.add_states(state);
  }
  STANFLOW_ASSIGN_OR_RETURN(const auto jobs, ListJobs(server, std::move(request), 0));
  size_t ready = 0, queued = 0;
  for (const auto& model : models) ready += model.state() == v1::MODEL_STATE_READY;
  for (const auto& job : jobs) queued += job.state() == v1::JOB_STATE_QUEUED;

  const ExitCode outcome = health == "SERVING" ? ExitCode::kOk : ExitCode::kUnavailable;
  if (cli.json) {
    STANFLOW_RETURN_IF_ERROR(cli.PrintJson({{"server", server.address},
                                            {"health", health},
                                            {"datasets", datasets.size()},
                                            {"models", models.size()},
                                            {"models_ready", ready},
                                            {"jobs_queued", queued},
                                            {"jobs_running", jobs.size() - queued}}));
    return outcome;
  }
  KeyValues lines;
  lines.Add("server", server.address);
  lines.Add("health", health);
  lines.Add("datasets", FormatCount(datasets.size()));
  lines.Add("models", StrCat(FormatCount(models.size()), " versions, ", ready, " ready"));
  lines.Add("jobs", StrCat(queued, " queued, ", jobs.size() - queued, " running"));
  STANFLOW_RETURN_IF_ERROR(cli.out->Write(lines.ToString()));
  return outcome;
}

}  // namespace

void AddStatusCommand(CLI::App* app, Cli* cli) {
  CLI::App* const command = AddCommand(app, cli, "status", "Whether the server serves, and what it holds");
  OnCommand(command, cli, std::make_shared<NoOptions>(), Run);
}

}  // namespace stanflow
