#include "client/cli/lib/interrupt.h"

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

Interrupt::Interrupt() {
  const sigset_t set = SignalsToTake();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::thread([this] { TakeSignals(); });
}

Interrupt::~Interrupt() {
  pthread_kill(thread_.native_handle(), kWake);
  thread_.join();
}

void Interrupt::TakeSignals() {
  const sigset_t set = SignalsToTake();
  int signal = 0;
  sigwait(&set, &signal);
  if (signal == kWake) return;
  {
    MutexLock lock(&mutex_);
    triggered_ = true;
    if (call_ != nullptr) call_->TryCancel();
    changed_.NotifyAll();
  }
  if (sigtimedwait(&set, nullptr, &kPatience) == kWake) return;
  _exit(static_cast<int>(ExitCode::kInterrupted));
}

bool Interrupt::triggered() const {
  MutexLock lock(&mutex_);
  return triggered_;
}

bool Interrupt::SleepFor(std::chrono::milliseconds time) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  MutexLock lock(&mutex_);
  while (!triggered_ && changed_.WaitUntil(&mutex_, deadline)) {
  }
  return !triggered_;
}

Interrupt::CallScope::CallScope(Interrupt* interrupt, grpc::ClientContext* context) : interrupt_(interrupt) {
  MutexLock lock(&interrupt_->mutex_);
  interrupt_->call_ = context;
  if (interrupt_->triggered_) context->TryCancel();
}

Interrupt::CallScope::~CallScope() {
  MutexLock lock(&interrupt_->mutex_);
  interrupt_->call_ = nullptr;
}

}  // namespace stanflow
