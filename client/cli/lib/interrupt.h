#ifndef STANFLOW_CLIENT_CLI_LIB_INTERRUPT_H_
#define STANFLOW_CLIENT_CLI_LIB_INTERRUPT_H_

#include <chrono>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "core/base/mutex.h"
#include "grpcpp/client_context.h"

namespace stanflow {

// Ctrl-C (SIGINT) and SIGTERM as a state instead of a signal handler: the signals are blocked,
// and a thread takes them. The first one cancels the call in flight, so that the command ends by
// its own way; a second one, or five seconds without an end, end the process with code 130. A
// signal that the parent process had ignored stays ignored. Thread-safe.
class Interrupt {
 public:
  // Make it before any other thread: threads inherit the blocked signals.
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

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
  void TakeSignals();

  mutable Mutex mutex_;
  CondVar changed_;
  bool triggered_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* call_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::thread thread_;
};

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_INTERRUPT_H_
