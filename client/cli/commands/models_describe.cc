#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/model_text.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string model;
};

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const Server server = cli.Connect();
  v1::GetModelRequest request;
  request.set_name(ModelName(options.model));
  STANFLOW_ASSIGN_OR_RETURN(const v1::ModelVersion version,
                            server.Call(server.models.get(), &v1::Models::Stub::GetModel, request));
  STANFLOW_RETURN_IF_ERROR(cli.json ? cli.PrintJson(ToJson(version))
                                    : cli.out->Write(DescribeModel(version)));
  return ExitCode::kOk;
}

}  // namespace

void AddModelsDescribeCommand(CLI::App* models, Cli* cli) {
  CLI::App* const command = AddCommand(models, cli, "describe", "One version; --json has its whole manifest");
  const auto options = std::make_shared<Options>();
  command->add_option("model", options->model, "M, M@3 or M@ALIAS")->required()->type_name("MODEL");
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
