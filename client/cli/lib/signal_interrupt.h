#ifndef STANFLOW_CLIENT_CLI_LIB_SIGNAL_INTERRUPT_H_
#define STANFLOW_CLIENT_CLI_LIB_SIGNAL_INTERRUPT_H_

#include <thread>

#include "client/cpp/interrupt.h"

namespace stanflow {

// Ctrl-C (SIGINT) and SIGTERM as an interrupt instead of a signal handler: the signals are blocked,
// and a thread takes them. The first one cancels the call in flight, so that the command ends by
// its own way; a second one, or five seconds without an end, end the process with code 130. A
// signal that the parent process had ignored stays ignored.
class SignalInterrupt {
 public:
  // Make it before any other thread: threads inherit the blocked signals. `interrupt` outlives it.
  explicit SignalInterrupt(Interrupt* interrupt);
  ~SignalInterrupt();
  SignalInterrupt(const SignalInterrupt&) = delete;
  SignalInterrupt& operator=(const SignalInterrupt&) = delete;

 private:
  void TakeSignals();

  Interrupt* const interrupt_;
  std::thread thread_;
};

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_SIGNAL_INTERRUPT_H_
