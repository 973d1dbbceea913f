#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/model_text.h"
#include "client/cli/lib/to_json.h"
#include "client/cli/lib/upload.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string model, file;
};

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  const Server server = cli.Connect();
  STANFLOW_ASSIGN_OR_RETURN(const v1::ModelVersion version,
                            UploadModel(cli, server, options.file, options.model));
  STANFLOW_RETURN_IF_ERROR(cli.json ? cli.PrintJson(ToJson(version))
                                    : cli.out->Write(DescribeModel(version)));
  return ExitCode::kOk;
}

}  // namespace

void AddModelsImportCommand(CLI::App* models, Cli* cli) {
  CLI::App* const command =
      AddCommand(models, cli, "import", "Make a bundle that models export wrote the next version");
  const auto options = std::make_shared<Options>();
  command->add_option("model", options->model, "The model that gets a new version")
      ->required()
      ->type_name("NAME");
  command->add_option("file", options->file, "The bundle, a tar file; - is standard input")
      ->required()
      ->type_name("FILE");
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
