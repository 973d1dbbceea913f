#include "client/cli/lib/completion.h"

#include "client/cli/commands/all_commands.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

struct Shell {
  const char* name;
  std::string (*script)(const CommandDoc&);
};
constexpr Shell kShells[] = {{"bash", BashCompletion}, {"zsh", ZshCompletion}, {"fish", FishCompletion}};

struct Options {
  const CLI::App* app;
  std::string shell;
};

absl::StatusOr<ExitCode> Run(const Cli& cli, const Options& options) {
  for (const Shell& shell : kShells) {
    if (shell.name == options.shell)
      STANFLOW_RETURN_IF_ERROR(cli.out->Write(shell.script(DescribeApp(*options.app))));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddCompletionCommand(CLI::App* app, Cli* cli) {
  CLI::App* const command = app->add_subcommand(
      "completion", "Print a script that completes commands and flags: source <(stanflow completion bash)");
  const auto options = std::make_shared<Options>(Options{app, ""});
  std::vector<std::string> names;
  for (const Shell& shell : kShells) names.emplace_back(shell.name);
  command->add_option("shell", options->shell, "The shell")->required()->check(CLI::IsMember(names));
  OnCommand(command, cli, options, Run);
}

}  // namespace stanflow
