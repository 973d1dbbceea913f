#include "client/cli/lib/cli.h"

#include <cmath>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "core/base/strings.h"
#include "core/flow/address.h"

namespace stanflow {

const CLI::Validator kIsCidr(
    [](std::string& text) {
      const auto cidr = Cidr::Parse(text);
      return cidr.ok() ? std::string() : std::string(cidr.status().message());
    },
    "");

const CLI::Validator kIsPositive(
    [](std::string& text) {
      double value = 0;
      const bool good = absl::SimpleAtod(text, &value) && std::isfinite(value) && value > 0;
      return good ? std::string() : StrCat("'", text, "' is not a number above 0");
    },
    "");

const CLI::Validator kIsNotNegative(
    [](std::string& text) {
      double value = 0;
      const bool good = absl::SimpleAtod(text, &value) && std::isfinite(value) && value >= 0;
      return good ? std::string() : StrCat("'", text, "' is not a number from 0 on");
    },
    "");

std::string Cli::ServerAddress() const {
  if (!server_flag.empty()) return server_flag;
  const char* environment = std::getenv("STANFLOW_SERVER");
  return environment != nullptr && *environment != '\0' ? environment : kDefaultServer;
}

Server Cli::Connect() const {
  return Server(ServerAddress(), std::chrono::milliseconds(static_cast<int64_t>(timeout_seconds * 1000)),
                interrupt);
}

absl::Status Cli::PrintJson(const Json& json) const { return out->Write(json.dump(2) + "\n"); }

void Cli::Note(std::string_view text) const { err->Write(StrCat(text, "\n")).IgnoreError(); }

CLI::App* AddCommand(CLI::App* parent, Cli* cli, const std::string& name, const std::string& description,
                     Talks talks) {
  CLI::App* command = parent->add_subcommand(name, description);
  if (talks == Talks::kToServer) {
    command
        ->add_option("--server", cli->server_flag,
                     StrCat("Address of stanflowd; default: $STANFLOW_SERVER, else ", kDefaultServer))
        ->type_name("HOST:PORT")
        ->group("Common options");
    command->add_option("--timeout", cli->timeout_seconds, "Seconds to wait for a single answer")
        ->type_name("SECONDS")
        ->check(kIsPositive)
        ->capture_default_str()
        ->group("Common options");
  }
  command->add_flag("--json", cli->json, "Print JSON with stable fields instead of text")
      ->group("Common options");
  return command;
}

CLI::App* AddGroup(CLI::App* parent, const std::string& name, const std::string& description) {
  CLI::App* group = parent->add_subcommand(name, description);
  group->require_subcommand(1);
  return group;
}

}  // namespace stanflow
