#ifndef STANFLOW_CLIENT_CPP_INTERRUPT_H_
#define STANFLOW_CLIENT_CPP_INTERRUPT_H_

#include <chrono>

#include "absl/base/thread_annotations.h"
#include "core/base/mutex.h"
#include "grpcpp/client_context.h"

namespace stanflow {

// A wish to stop, that ends the call in flight and every wait. Thread-safe.
class Interrupt {
 public:
  Interrupt() = default;
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // For ever.
  void Trigger() ABSL_LOCKS_EXCLUDED(mutex_);
  bool triggered() const ABSL_LOCKS_EXCLUDED(mutex_);
  // False if interrupted before the time was over.
  bool SleepFor(std::chrono::milliseconds time) ABSL_LOCKS_EXCLUDED(mutex_);

  // While it lives, an interrupt cancels the call of `context` (at once, if it came before).
  // One at a time.
  class CallScope {
   public:
    CallScope(Interrupt* interrupt, grpc::ClientContext* context);
    ~CallScope();
    CallScope(const CallScope&) = delete;
    CallScope& operator=(const CallScope&) = delete;

   private:
    Interrupt* const interrupt_;
  };

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  bool triggered_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* call_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CPP_INTERRUPT_H_
