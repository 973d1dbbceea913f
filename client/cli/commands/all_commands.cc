#include "client/cli/commands/all_commands.h"

namespace stanflow {

void AddAllCommands(CLI::App* app, Cli* cli) {
  AddStatusCommand(app, cli);
  AddSimulateCommand(app, cli);

  CLI::App* const datasets = AddGroup(app, "datasets", "Real flows on the server");
  AddDatasetsImportCommand(datasets, cli);
  AddDatasetsCollectCommand(datasets, cli);
  AddDatasetsListCommand(datasets, cli);
  AddDatasetsDescribeCommand(datasets, cli);
  AddDatasetsDeleteCommand(datasets, cli);

  AddTrainCommand(app, cli);
  AddGenerateCommand(app, cli);
  AddStreamCommand(app, cli);
  AddEvaluateCommand(app, cli);
  CLI::App* const reproduce = AddGroup(app, "reproduce", "Repeat what others have published");
  AddReproducePaperCommand(reproduce, cli);

  CLI::App* const models =
      AddGroup(app, "models", "Trained models: M is the newest version, M@3 a version, M@prod an alias");
  AddModelsListCommand(models, cli);
  AddModelsDescribeCommand(models, cli);
  AddModelsAliasCommand(models, cli);
  AddModelsDeleteCommand(models, cli);
  AddModelsExportCommand(models, cli);
  AddModelsImportCommand(models, cli);

  CLI::App* const jobs = AddGroup(
      app, "jobs", "Imports, collections, trainings, evaluations, reproductions and streams on the server");
  AddJobsListCommand(jobs, cli);
  AddJobsGetCommand(jobs, cli);
  AddJobsWatchCommand(jobs, cli);
  AddJobsCancelCommand(jobs, cli);

  AddCompletionCommand(app, cli);
  AddReferenceCommand(app, cli);
}

}  // namespace stanflow
