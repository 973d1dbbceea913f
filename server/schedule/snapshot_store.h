#ifndef STANFLOW_SERVER_SCHEDULE_SNAPSHOT_STORE_H_
#define STANFLOW_SERVER_SCHEDULE_SNAPSHOT_STORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "server/schedule/scheduler_observer.h"

namespace stanflow {

struct SnapshotStoreOptions {
  std::string dir;  // data_dir/streams; made if missing
  // Snapshots kept of a stream, the last ones written. Two: the reader of a stream may be
  // a little behind the newest one.
  size_t keep = 2;
  // Bytes of states that may wait to be written; one more is then skipped, so that a slow disk
  // costs neither memory nor steps. A stream with a larger state is never saved: a host of the
  // default preset is some 140 KiB, so that this is more than 3,000 hosts.
  uint64_t max_queued_bytes = 512u << 20;
  // Bytes of all snapshots on disk; the oldest make room for new ones. The default holds two of
  // each of 256 streams of 200 hosts.
  uint64_t max_disk_bytes = uint64_t{16} << 30;
  // Snapshots that nobody came back for are removed after this time.
  std::chrono::hours max_age{24 * 7};
};

// Saved states of streams, so that a broken one goes on without being made again from its
// start. `dir`/<key>/<row>.snap: a magic word, the row, the state's length and SHA-256, the state.
// A file is there whole or not at all. Thread-safe; only Load, Flush and the destructor touch
// the disk on the caller's thread or wait for it.
//
// Streams of equal requests share a key and its snapshots, whose states are the same at the same
// row. Each is a writer of its own, so that they can run at once, one far ahead of the other:
//  - the last `keep` that a writer wrote stay while it is there;
//  - so do the last `keep` of what no writer of now wrote, for a reader who comes back;
//  - all of a key goes when a stream has reached its extent and no other of that key runs.
class SnapshotStore {
 public:
  // Removes what is older than max_age. `clock` and `observer` outlive the store.
  static absl::StatusOr<std::unique_ptr<SnapshotStore>> Open(const SnapshotStoreOptions& options,
                                                             const Clock* clock, SchedulerObserver* observer);
  // Writes what is queued.
  ~SnapshotStore();

  // Letters, digits, '-' and '_', 1 to 128 of them: a key is a folder's name.
  static bool IsKey(std::string_view key);

  // A stream of `key` begins to save: the number of a new writer, 1 or more.
  uint64_t Join(const std::string& key);
  // It has ended; what it queued is still written. With `remove`, all snapshots of its key are
  // removed after that, unless another stream of the key is there.
  void Leave(uint64_t writer, bool remove);

  // Why Offer would not take so many bytes now, null if it would; saves making a state for nothing.
  const char* WhyRefused(uint64_t bytes) const;
  // Queues a state of the writer's stream with `row` flows emitted. Null if it is taken, else why
  // not, and nothing is kept.
  const char* Offer(uint64_t writer, uint64_t row, std::string state);
  // Returns when everything queued before is done.
  void Flush();

  // Calls use(row, state) for the written snapshots of `key` at `max_row` or before it, the highest row
  // first, until one returns OK, and answers its row; nothing if none did. A snapshot that is
  // damaged, or that `use` refuses, is passed over and told to the observer.
  std::optional<uint64_t> Load(const std::string& key, uint64_t max_row,
                               absl::FunctionRef<absl::Status(uint64_t, std::string_view)> use) const;

 private:
  struct Task {
    std::string key;
    uint64_t writer = 0;
    std::optional<uint64_t> row;  // none: remove the key
    std::string state;
  };
  struct Writer {
    std::string key;
    std::deque<uint64_t> rows;  // of its last snapshots, `keep` at most, the newest at the back
  };

  SnapshotStore(const SnapshotStoreOptions& options, const Clock* clock, SchedulerObserver* observer);
  // Before the writer starts, then on its thread only.
  void RemoveStale();
  void WriteAll();
  void Do(const Task& task);
  void Write(const Task& task);
  void MakeRoom(uint64_t bytes);
  void RemoveOld(const Task& written);
  // Notes the snapshot as its writer's newest; answers the row that it gives up for it.
  std::optional<uint64_t> Note(const Task& written);
  std::vector<uint64_t> RowsOfWriters(const std::string& key) const;
  const char* WhyRefusedLocked(uint64_t bytes) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string DirOf(const std::string& key) const;

  const SnapshotStoreOptions options_;
  const Clock* const clock_;
  SchedulerObserver* const observer_;

  mutable Mutex mutex_;
  CondVar work_, idle_;
  std::deque<Task> queue_ ABSL_GUARDED_BY(mutex_);
  uint64_t queued_bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // with the one being written
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;          // a task is being done
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t next_writer_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<uint64_t, Writer> writers_ ABSL_GUARDED_BY(mutex_);

  // The writing thread's alone.
  std::chrono::steady_clock::time_point next_sweep_;
  uint64_t disk_bytes_ = 0;  // at least what the snapshots hold; counted anew when it seems too much
  std::thread thread_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_SCHEDULE_SNAPSHOT_STORE_H_
