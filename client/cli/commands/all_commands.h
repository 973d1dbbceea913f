#ifndef STANFLOW_CLIENT_CLI_COMMANDS_ALL_COMMANDS_H_
#define STANFLOW_CLIENT_CLI_COMMANDS_ALL_COMMANDS_H_

#include "client/cli/lib/cli.h"

namespace stanflow {

// Every command adds itself to its parent; all_commands.cc holds the table. `cli` outlives `app`.
void AddAllCommands(CLI::App* app, Cli* cli);

void AddSimulateCommand(CLI::App* app, Cli* cli);
void AddDatasetsImportCommand(CLI::App* datasets, Cli* cli);
void AddDatasetsCollectCommand(CLI::App* datasets, Cli* cli);
void AddDatasetsListCommand(CLI::App* datasets, Cli* cli);
void AddDatasetsDescribeCommand(CLI::App* datasets, Cli* cli);
void AddDatasetsDeleteCommand(CLI::App* datasets, Cli* cli);
void AddTrainCommand(CLI::App* app, Cli* cli);
void AddJobsListCommand(CLI::App* jobs, Cli* cli);
void AddJobsGetCommand(CLI::App* jobs, Cli* cli);
void AddJobsWatchCommand(CLI::App* jobs, Cli* cli);
void AddJobsCancelCommand(CLI::App* jobs, Cli* cli);
void AddModelsListCommand(CLI::App* models, Cli* cli);
void AddModelsDescribeCommand(CLI::App* models, Cli* cli);
void AddModelsAliasCommand(CLI::App* models, Cli* cli);
void AddModelsDeleteCommand(CLI::App* models, Cli* cli);
void AddModelsExportCommand(CLI::App* models, Cli* cli);
void AddModelsImportCommand(CLI::App* models, Cli* cli);
void AddStatusCommand(CLI::App* app, Cli* cli);
void AddGenerateCommand(CLI::App* app, Cli* cli);
void AddStreamCommand(CLI::App* app, Cli* cli);
void AddEvaluateCommand(CLI::App* app, Cli* cli);
void AddReproducePaperCommand(CLI::App* reproduce, Cli* cli);
// Both describe the whole of `app`.
void AddCompletionCommand(CLI::App* app, Cli* cli);
void AddReferenceCommand(CLI::App* app, Cli* cli);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_COMMANDS_ALL_COMMANDS_H_
