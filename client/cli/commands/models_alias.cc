#include "absl/strings/strip.h"
#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string model, alias;
  uint64_t version = 0;
  bool remove = false;
};

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  if ((options.version == 0) != options.remove) {
    return absl::InvalidArgumentError("give either a VERSION (1 or more) to point the alias at, or --remove");
  }
  const Server server = cli.Connect();
  v1::SetAliasRequest request;
  request.set_model(std::string(absl::StripPrefix(options.model, "models/")));
  request.set_alias(options.alias);
  request.set_version(options.version);
  STANFLOW_ASSIGN_OR_RETURN(const v1::ModelAlias alias,
                            server.Call(server.models.get(), &v1::Models::Stub::SetAlias, request));
  const std::string name = StrCat(request.model(), "@", options.alias);
  STANFLOW_RETURN_IF_ERROR(
      cli.json ? cli.PrintJson(ToJson(alias))
               : cli.out->Write(options.remove ? StrCat(name, " is removed\n")
                                               : StrCat(name, " is now version ", alias.version(), "\n")));
  return ExitCode::kOk;
}

}  // namespace

void AddModelsAliasCommand(CLI::App* models, Cli* cli) {
  CLI::App* const command = AddCommand(
      models, cli, "alias", "Point an alias at a version (models alias edge prod 3), or remove it");
  const auto options = std::make_shared<Options>();
  command->add_option("model", options->model, "The model, without a version")->required()->type_name("NAME");
  command->add_option("alias", options->alias, "The alias: a-z, 0-9, '-', '_', starting with a letter")
      ->required()
      ->type_name("ALIAS");
  command->add_option("version", options->version, "The version's number")->type_name("VERSION");
  command->add_flag("--remove", options->remove, "Remove the alias");
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
