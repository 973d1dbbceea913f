#ifndef STANFLOW_CLIENT_CLI_LIB_CLI_H_
#define STANFLOW_CLIENT_CLI_LIB_CLI_H_

#include <functional>
#include <string>
#include <string_view>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/lib/exit_code.h"
#include "client/cli/lib/output.h"
#include "client/cpp/interrupt.h"
#include "client/cpp/server.h"
#include "nlohmann/json.hpp"

namespace stanflow {

using Json = nlohmann::ordered_json;

// One run of the program: its surroundings and the flags that all commands share. Commands bind
// their flags to it while the command line is parsed; the one that was named leaves itself in
// `run`. Not safe for concurrent use.
struct Cli {
  // Not owned; set from the start.
  Output* out = nullptr;
  Output* err = nullptr;
  Interrupt* interrupt = nullptr;

  // Empty: the environment's STANFLOW_SERVER, else the default.
  std::string server_flag;
  double timeout_seconds = 60;
  bool json = false;

  // An error is printed and turned into its exit code by main.
  std::function<absl::StatusOr<ExitCode>()> run;

  std::string ServerAddress() const;
  Server Connect() const;

  // One JSON value, indented, and a newline.
  absl::Status PrintJson(const Json& json) const;
  // A line to standard error, for people.
  void Note(std::string_view text) const;
};

// A command without further ones: its description, --json with what that prints, and, if it talks to a
// server, --server and --timeout.
enum class Talks { kToServer, kToNobody };
CLI::App* AddCommand(CLI::App* parent, Cli* cli, const std::string& name, const std::string& description,
                     Talks talks = Talks::kToServer);

// A command that only holds others ("jobs").
CLI::App* AddGroup(CLI::App* parent, const std::string& name, const std::string& description);

// Binds `run(cli, options)` to the command.
template <typename Options>
void OnCommand(CLI::App* command, Cli* cli, std::shared_ptr<Options> options,
               absl::StatusOr<ExitCode> (*run)(const Cli&, const Options&)) {
  command->callback([cli, options, run] { cli->run = [cli, options, run] { return run(*cli, *options); }; });
}

// Flag checks: what the server would refuse is refused before anything is sent. None has a description,
// which CLI11 would add to the name of the value.
extern const CLI::Validator kIsCidr;
extern const CLI::Validator kIsPositive;     // a number
extern const CLI::Validator kIsNotNegative;  // a number

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_CLI_H_
