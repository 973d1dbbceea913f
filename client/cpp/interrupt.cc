#include "client/cpp/interrupt.h"

namespace stanflow {

void Interrupt::Trigger() {
  MutexLock lock(&mutex_);
  triggered_ = true;
  if (call_ != nullptr) call_->TryCancel();
  changed_.NotifyAll();
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
