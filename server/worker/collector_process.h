#ifndef STANFLOW_SERVER_WORKER_COLLECTOR_PROCESS_H_
#define STANFLOW_SERVER_WORKER_COLLECTOR_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stanflow {

struct CollectorOptions {
  uint32_t address = 0;  // where it listens, first octet highest; 0: every address of the machine
  uint16_t port = 0;
  std::string folder;                // for its files
  std::chrono::seconds file_age{2};  // after which it begins a new one; nfcapd takes no less than 2
  uint64_t receive_buffer_bytes = uint64_t{8} << 20;
  // Files beside each other: a lock that nfcapd holds as long as it lives, and what it says.
  std::string lock_path, log_path;
};

// Waits until no nfcapd holds the lock: one whose worker was killed is finishing its file. UNAVAILABLE if
// that takes longer than half a minute.
absl::Status WaitForFormerCollector(const std::string& lock_path);

// nfcapd of the package nfdump as a child of this process, which listens to exporters. When the thread that
// started it dies, however that is, it finishes its file and ends. Not safe for concurrent use.
class CollectorProcess {
 public:
  // Answers once it listens. NOT_FOUND if nfcapd is not installed, FAILED_PRECONDITION if the address can't
  // be listened on, INTERNAL with its words if it ends or does not listen.
  static absl::StatusOr<std::unique_ptr<CollectorProcess>> Start(const CollectorOptions& options);
  CollectorProcess(const CollectorProcess&) = delete;
  CollectorProcess& operator=(const CollectorProcess&) = delete;
  ~CollectorProcess();  // stops it

  // Looks at its socket and reads what it said. UNAVAILABLE with its last words if it has ended.
  absl::Status Check();
  // Lets it read what the kernel has taken for it, then finish its file and end; all of it bounded to half a
  // minute. Does nothing the second time.
  void Stop();

  // Since it began, as far as Check has seen.
  uint64_t dropped_datagrams() const { return dropped_datagrams_; }
  uint64_t bad_datagrams() const { return bad_datagrams_; }

 private:
  CollectorProcess(CollectorOptions options, pid_t pid) : options_(std::move(options)), pid_(pid) {}

  absl::Status WaitUntilItListens();
  // When it has, everything that it said was read.
  bool HasEnded();
  void ReadSocket();
  void ReadLog();
  void TakeLine(const std::string& line);

  const CollectorOptions options_;
  pid_t pid_;  // 0 once it was reaped
  uint64_t waiting_bytes_ = 0, dropped_datagrams_ = 0, bad_datagrams_ = 0;
  uint64_t log_offset_ = 0, freed_log_bytes_ = 0;
  std::string line_, last_words_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_COLLECTOR_PROCESS_H_
