#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/dataset_text.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string name;
};

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const Server server = cli.Connect();
  v1::GetDatasetRequest request;
  request.set_name(DatasetName(options.name));
  STANFLOW_ASSIGN_OR_RETURN(const v1::Dataset dataset,
                            server.Call(server.datasets.get(), &v1::Datasets::Stub::GetDataset, request));
  STANFLOW_RETURN_IF_ERROR(cli.json ? cli.PrintJson(ToJson(dataset))
                                    : cli.out->Write(DescribeDataset(dataset, dataset.rejected_size())));
  return ExitCode::kOk;
}

}  // namespace

void AddDatasetsDescribeCommand(CLI::App* datasets, Cli* cli) {
  CLI::App* const command =
      AddCommand(datasets, cli, "describe", "One dataset, with the rows that were rejected");
  const auto options = std::make_shared<Options>();
  command->add_option("name", options->name, "The dataset")->required()->type_name("NAME");
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
