#include "client/cli/lib/reference.h"

#include "client/cli/commands/all_commands.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

struct Options {
  const CLI::App* app;
};

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  STANFLOW_RETURN_IF_ERROR(cli.out->Write(ReferenceMarkdown(DescribeApp(*options.app))));
  return ExitCode::kOk;
}

}  // namespace

// Hidden: for whoever changes a flag.
void AddReferenceCommand(CLI::App* app, Cli* cli) {
  CLI::App* const command = app->add_subcommand("reference", "Print docs/cli.md")->group("");
  OnCommand(command, cli, std::make_shared<Options>(Options{app}), Run);
}

}  // namespace stanflow
