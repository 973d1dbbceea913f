// stanflowd: the server. Exit codes: 0 ended as asked; 1 failed; 2 bad flags or configuration; 3 the data
// folder or a port is another's.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "server/app/app.h"
#include "server/app/config.h"
#include "server/app/engine.h"

namespace stanflow {
namespace {

constexpr int kFailed = 1, kBadConfig = 2, kTaken = 3;

struct Flags {
  std::string config;
  std::vector<std::string> sets;
  bool check = false, print = false;
};

int Fail(int code, const absl::Status& status) {
  std::fprintf(stderr, "stanflowd: %s\n", std::string(status.message()).c_str());
  return code;
}

// SIGTERM and SIGINT are taken by sigwait and nowhere else; threads inherit the mask.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

int Serve(const ServerConfig& config) {
  const sigset_t signals = BlockSignals();
  auto app = App::Start(config, MakeEngine(), &Clock::Real());
  if (!app.ok()) {
    const bool taken = absl::IsFailedPrecondition(app.status());
    return Fail(taken ? kTaken : absl::IsInvalidArgument(app.status()) ? kBadConfig : kFailed, app.status());
  }
  int signal = 0;
  sigwait(&signals, &signal);
  LogInfo("draining", {{"signal", signal}, {"seconds", config.shutdown.drain_seconds}});
  // A second signal means now: all that must survive is on disk at any moment.
  std::thread([signals] {
    int again = 0;
    sigwait(&signals, &again);
    _exit(kFailed);
  }).detach();
  (*app)->Drain();
  app->reset();
  LogInfo("ended");
  return 0;
}

int Main(const Flags& flags) {
  const auto config = LoadConfig(flags.config, flags.sets);
  if (!config.ok()) return Fail(kBadConfig, config.status());
  if (flags.check) {
    const auto devices = ResolveDevices(config->devices);
    if (!devices.ok()) return Fail(kBadConfig, devices.status());
    std::puts("the configuration is good");
    return 0;
  }
  LogOptions log;
  log.level = config->log.level;
  log.format = config->log.format;
  if (const absl::Status status = InitLog(log); !status.ok()) return Fail(kBadConfig, status);
  return Serve(*config);
}

}  // namespace
}  // namespace stanflow

int main(int argc, char** argv) {
  CLI::App cli(
      "stanflowd learns network flows and streams synthetic ones over gRPC.\n"
      "All settings have defaults: without flags it serves on the loopback, on GPUs if it is built for them, "
      "else on the CPU, from ./stanflow-data.");
  stanflow::Flags flags;
  cli.add_option("--config", flags.config, "Configuration file (YAML); --print-config shows every key");
  cli.add_option("--set", flags.sets, "key=value, over the file; repeatable")
      ->take_all()
      ->type_name("KEY=VALUE");
  cli.add_flag("--check-config", flags.check, "Check the configuration and end");
  cli.add_flag("--print-config", flags.print, "Print every key with its meaning and default, and end");
  cli.set_version_flag("--version", "stanflowd " STANFLOW_VERSION);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = cli.exit(e);
    return code == 0 ? 0 : stanflow::kBadConfig;
  }
  if (flags.print) {
    std::fputs(stanflow::DescribeConfig().c_str(), stdout);
    return 0;
  }
  return stanflow::Main(flags);
}
