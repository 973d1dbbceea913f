#include "client/cli/lib/signal_interrupt.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

#include "client/cli/lib/exit_code.h"

namespace stanflow {
namespace {

// Ends the waiting thread when no signal came.
constexpr int kWake = SIGUSR1;
constexpr timespec kPatience = {5, 0};

sigset_t SignalsToTake() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGINT, SIGTERM}) {
    struct sigaction now {};
    sigaction(signal, nullptr, &now);
    if (now.sa_handler != SIG_IGN) sigaddset(&set, signal);
  }
  sigaddset(&set, kWake);
  return set;
}

}  // namespace

SignalInterrupt::SignalInterrupt(Interrupt* interrupt) : interrupt_(interrupt) {
  const sigset_t set = SignalsToTake();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::thread([this] { TakeSignals(); });
}

SignalInterrupt::~SignalInterrupt() {
  pthread_kill(thread_.native_handle(), kWake);
  thread_.join();
}

void SignalInterrupt::TakeSignals() {
  const sigset_t set = SignalsToTake();
  int signal = 0;
  sigwait(&set, &signal);
  if (signal == kWake) return;
  interrupt_->Trigger();
  if (sigtimedwait(&set, nullptr, &kPatience) == kWake) return;
  _exit(static_cast<int>(ExitCode::kInterrupted));
}

}  // namespace stanflow
