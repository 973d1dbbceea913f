#include "absl/strings/str_join.h"
#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/model_text.h"
#include "client/cli/lib/paging.h"
#include "client/cli/lib/to_json.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

struct NoOptions {};

absl::StatusOr<ExitCode> Run(const Cli& cli, const NoOptions& options) {
  const Server server = cli.Connect();
  STANFLOW_ASSIGN_OR_RETURN(const auto models, AllModels(server));
  if (cli.json) {
    Json list = Json::array();
    for (const auto& model : models) list.push_back(ToJson(model));
    STANFLOW_RETURN_IF_ERROR(cli.PrintJson({{"models", std::move(list)}}));
    return ExitCode::kOk;
  }
  Table table(
      {"MODEL", "ALIASES", "PRESET", "STATE", "DEVICE", ">MEMORY", ">NATS/ROW", "DATASET", "CREATED"});
  for (const auto& model : models) {
    const bool loaded = !model.device().empty();
    table.Row({ShortModelName(model.name()), absl::StrJoin(model.aliases(), ","), model.preset(),
               ModelStateText(model.state()), loaded ? model.device() : "-",
               loaded ? FormatBytes(model.memory_bytes()) : "-",
               model.has_validation_nats() ? FormatFixed(model.validation_nats(), 3) : "-", model.dataset(),
               FormatTime(model.has_create_time(), model.create_time())});
  }
  STANFLOW_RETURN_IF_ERROR(cli.out->Write(table.ToString()));
  return ExitCode::kOk;
}

}  // namespace

void AddModelsListCommand(CLI::App* models, Cli* cli) {
  CLI::App* const command = AddCommand(models, cli, "list", "All versions, with where they are loaded");
  OnCommand(command, cli, std::make_shared<NoOptions>(), Run);
}

}  // namespace stanflow
