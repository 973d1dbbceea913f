#ifndef STANFLOW_SERVER_WORKER_COLLECTOR_SPOOL_H_
#define STANFLOW_SERVER_WORKER_COLLECTOR_SPOOL_H_

#include <cstdint>
#include <deque>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stanflow {

// Files that nfcapd has finished, each under a number of its own once it is claimed:
//   incoming/nfcapd.20240108120000   finished by nfcapd, which may still append to that name
//   incoming/nfcapd.current.PID      in the making
//   claimed/000001-nfcapd...         ours alone
// A number is never given twice to files with flows. Not safe for concurrent use.
class CollectorSpool {
 public:
  struct File {
    uint64_t number = 0;
    std::string name;  // that nfcapd gave it
    std::string path;
    uint64_t bytes = 0;
  };

  // In `dir`, which is made if missing. Claimed files up to number `through` have been taken: they go.
  static absl::StatusOr<CollectorSpool> Open(const std::string& dir, uint64_t through);

  // Folder for nfcapd's -w.
  const std::string& incoming() const { return incoming_; }

  // Claims what is finished, in the order of its time.
  absl::Status Claim();
  // Oldest first.
  const std::deque<File>& claimed() const { return claimed_; }
  // Removes the oldest claimed file.
  absl::Status RemoveOldest();
  // Removes the newest one.
  absl::Status RemoveNewest();
  // Of all claimed files.
  uint64_t claimed_bytes() const { return claimed_bytes_; }
  // Of everything in the spool, what is in the making included.
  uint64_t bytes() const;
  // Removes files in the making that no nfcapd will finish any more, and answers how many there were. Only
  // while none runs.
  absl::StatusOr<uint64_t> RemoveUnfinished();

 private:
  explicit CollectorSpool(const std::string& dir)
      : incoming_(dir + "/incoming"), claimed_dir_(dir + "/claimed") {}
  absl::Status Remove(const File& file);

  std::string incoming_, claimed_dir_;
  std::deque<File> claimed_;
  uint64_t claimed_bytes_ = 0;
  uint64_t last_number_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_COLLECTOR_SPOOL_H_
