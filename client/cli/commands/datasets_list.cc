#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/dataset_text.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/paging.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

struct NoOptions {};

absl::StatusOr<ExitCode> Run(const Cli& cli, const NoOptions& options) {
  const Server server = cli.Connect();
  STANFLOW_ASSIGN_OR_RETURN(const auto datasets, AllDatasets(server));
  if (cli.json) {
    Json list = Json::array();
    for (const auto& dataset : datasets) list.push_back(ToJson(dataset));
    STANFLOW_RETURN_IF_ERROR(cli.PrintJson({{"datasets", std::move(list)}}));
    return ExitCode::kOk;
  }
  Table table({"DATASET", ">ROWS", ">HOSTS", "HOLD-OUT", ">REJECTED", ">SIZE", "CREATED"});
  for (const auto& dataset : datasets) {
    table.Row({DatasetId(dataset.name()), FormatCount(dataset.rows()), FormatCount(dataset.hosts()),
               dataset.holdout(), FormatCount(dataset.rejected_rows()), FormatBytes(dataset.size_bytes()),
               FormatTime(dataset.has_create_time(), dataset.create_time())});
  }
  STANFLOW_RETURN_IF_ERROR(cli.out->Write(table.ToString()));
  return ExitCode::kOk;
}

}  // namespace

void AddDatasetsListCommand(CLI::App* datasets, Cli* cli) {
  CLI::App* const command = AddCommand(datasets, cli, "list", "All datasets");
  OnCommand(command, cli, std::make_shared<NoOptions>(), Run);
}

}  // namespace stanflow
