#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/commands/all_commands.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

struct Options {
  std::string model;
};

// A version is named by its number here, so that nobody deletes what an alias or "the newest" happens to be.
absl::StatusOr<std::string> VersionName(const std::string& model) {
  if (absl::StrContains(model, "/versions/")) return model;
  const std::pair<std::string, std::string> pair =
      absl::StrSplit(absl::StripPrefix(model, "models/"), absl::MaxSplits('@', 1));
  uint64_t version = 0;
  if (!absl::SimpleAtoi(pair.second, &version) || version == 0) {
    return absl::InvalidArgumentError(
        StrCat("'", model, "' names no version: write MODEL@NUMBER, ", pair.first, "@1 for instance"));
  }
  return StrCat("models/", pair.first, "/versions/", version);
}

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  v1::DeleteVersionRequest request;
  STANFLOW_ASSIGN_OR_RETURN(*request.mutable_name(), VersionName(options.model));
  const Server server = cli.Connect();
  STANFLOW_RETURN_IF_ERROR(
      server.Call(server.models.get(), &v1::Models::Stub::DeleteVersion, request).status());
  STANFLOW_RETURN_IF_ERROR(cli.json ? cli.PrintJson({{"deleted", request.name()}})
                                    : cli.out->Write(StrCat("deleted ", request.name(), "\n")));
  return ExitCode::kOk;
}

}  // namespace

void AddModelsDeleteCommand(CLI::App* models, Cli* cli) {
  CLI::App* const command =
      AddCommand(models, cli, "delete", "Remove a version that no alias points at and no stream uses");
  const auto options = std::make_shared<Options>();
  command->add_option("model", options->model, "M@3")->required()->type_name("MODEL@NUMBER");
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
