#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/dataset_text.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string name;
};

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const Server server = cli.Connect();
  v1::DeleteDatasetRequest request;
  request.set_name(DatasetName(options.name));
  STANFLOW_RETURN_IF_ERROR(
      server.Call(server.datasets.get(), &v1::Datasets::Stub::DeleteDataset, request).status());
  STANFLOW_RETURN_IF_ERROR(cli.json ? cli.PrintJson({{"deleted", request.name()}})
                                    : cli.out->Write(StrCat("deleted ", request.name(), "\n")));
  return ExitCode::kOk;
}

}  // namespace

void AddDatasetsDeleteCommand(CLI::App* datasets, Cli* cli) {
  CLI::App* const command =
      AddCommand(datasets, cli, "delete", "Remove a dataset; models that learned from it stay");
  const auto options = std::make_shared<Options>();
  command->add_option("name", options->name, "The dataset")->required()->type_name("NAME");
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
