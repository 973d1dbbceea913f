#include <unistd.h>

#include <csignal>

#include "client/cli/commands/all_commands.h"
#include "client/cli/lib/signal_interrupt.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

std::string Footer() {
  std::string out =
      "Examples:\n"
      "  stanflow datasets import ugr FILE --home 42.219.0.0/16 --holdout hours=odd\n"
      "  stanflow train --dataset ugr --model edge --max-minutes 25 --wait\n"
      "  stanflow generate --model edge --hosts 90 --rows 1000000 --seed 1 --output syn.csv\n"
      "  stanflow evaluate --model edge --dataset ugr --synthetic syn.csv --report out.html\n"
      "\nExit codes:\n";
  for (const ExitCodeMeaning& line : AllExitCodes()) {
    const std::string number = std::to_string(static_cast<int>(line.code));
    StrAppend(&out, "  ", std::string(3 - number.size(), ' '), number, "  ", line.meaning, "\n");
  }
  return out;
}

// The outcome of one command line; whatever is printed has been printed.
ExitCode Outcome(const Cli& cli, const absl::StatusOr<ExitCode>& result) {
  if (cli.out->closed()) return ExitCode::kOk;
  if (result.ok()) return *result;
  if (cli.interrupt->triggered()) return ExitCode::kInterrupted;
  cli.Note(StrCat("stanflow: ", std::string(result.status().message())));
  return ToExitCode(result.status());
}

ExitCode Main(int argc, char** argv) {
  // A reader that goes away is seen by the write.
  std::signal(SIGPIPE, SIG_IGN);
  Interrupt interrupt;
  const SignalInterrupt signals(&interrupt);
  Output out(STDOUT_FILENO), err(STDERR_FILENO);
  Cli cli;
  cli.out = &out;
  cli.err = &err;
  cli.interrupt = &interrupt;
  CLI::App app("Learns network flows from real ones and streams synthetic ones: the client of stanflowd",
               "stanflow");
  app.set_version_flag("--version", "stanflow " STANFLOW_VERSION, "Print the version");
  app.require_subcommand(1);
  app.footer(Footer);
  app.get_formatter()->column_width(34);
  AddAllCommands(&app, &cli);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitCode::kOk : ExitCode::kUsage;
  }
  return Outcome(cli, cli.run());
}

}  // namespace
}  // namespace stanflow

int main(int argc, char** argv) { return static_cast<int>(stanflow::Main(argc, argv)); }
