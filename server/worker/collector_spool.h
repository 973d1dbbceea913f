#ifndef STANFLOW_SERVER_WORKER_COLLECTOR_SPOOL_H_
#define STANFLOW_SERVER_WORKER_COLLECTOR_SPOOL_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stanflow {

// Files that nfcapd has finished, each under a number of its own once it is claimed:
//   incoming/nfcapd.20240108120000   finished by nfcapd, which may still append to that name
//   incoming/nfcapd.current.PID      in the making
//   claimed/000001-nfcapd...         ours alone
// A number is never given twice to files with flows. A file that is given up stays until its caller has noted
// durably that it is lost, and which one it is: a crash in between neither forgets it nor counts it twice.
// Not safe for concurrent use.
class CollectorSpool {
 public:
  struct File {
    uint64_t number = 0;
    std::string name;  // that nfcapd gave it
    std::string path;
    uint64_t bytes = 0;
  };

  // In `dir`, which is made if missing. Claimed files up to number `through` have been taken: they go, as do
  // those that were `given_up`.
  static absl::StatusOr<CollectorSpool> Open(const std::string& dir, uint64_t through,
                                             const std::vector<std::string>& given_up);

  // Folder for nfcapd's -w.
  const std::string& incoming() const { return incoming_; }

  // Claims what is finished, in the order of its time.
  absl::Status Claim();
  // Oldest first.
  const std::deque<File>& claimed() const { return claimed_; }
  // Removes the oldest claimed file.
  absl::Status RemoveOldest();
  // Gives up the newest one, which is not a claimed one any more.
  void GiveUpNewest();
  // Gives up the files in the making, which no nfcapd will finish any more, and answers how many it had not
  // given up before. Only while none runs.
  absl::StatusOr<uint64_t> GiveUpUnfinished();
  // For Open, below its `dir`: what was given up and not removed yet.
  const std::vector<std::string>& given_up() const { return given_up_; }
  absl::Status RemoveGivenUp();
  // Of all claimed files.
  uint64_t claimed_bytes() const { return claimed_bytes_; }
  // Of everything in the spool, what is in the making included.
  uint64_t bytes() const;

 private:
  explicit CollectorSpool(const std::string& dir)
      : dir_(dir), incoming_(dir + "/incoming"), claimed_dir_(dir + "/claimed") {}

  std::string dir_, incoming_, claimed_dir_;
  std::deque<File> claimed_;
  std::vector<std::string> given_up_;
  uint64_t claimed_bytes_ = 0;
  uint64_t last_number_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_COLLECTOR_SPOOL_H_
