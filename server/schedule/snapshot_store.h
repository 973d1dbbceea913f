#ifndef STANFLOW_SERVER_SCHEDULE_SNAPSHOT_STORE_H_
#define STANFLOW_SERVER_SCHEDULE_SNAPSHOT_STORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

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
  // Bytes that may wait to be written; one more snapshot is then skipped, so that a slow disk
  // costs neither memory nor steps.
  uint64_t max_queued_bytes = 256u << 20;
  // Snapshots that nobody came back for are removed after this time.
  std::chrono::hours max_age{24 * 7};
};

// Saved states of streams, so that a broken one goes on without being made again from its
// start. `dir`/<key>/<row>.snap: a magic word, the row, the state's length and SHA-256, the state.
// A file is there whole or not at all. Thread-safe; only Load, Flush and the destructor touch
// the disk on the caller's thread or wait for it.
class SnapshotStore {
 public:
  // Removes what is older than max_age. `clock` and `observer` outlive the store.
  static absl::StatusOr<std::unique_ptr<SnapshotStore>> Open(const SnapshotStoreOptions& options,
                                                             const Clock* clock, SchedulerObserver* observer);
  // Writes what is queued.
  ~SnapshotStore();

  // Letters, digits, '-' and '_', 1 to 128 of them: a key is a folder's name.
  static bool IsKey(std::string_view key);

  // Whether Offer would take so many bytes now; saves making a state for nothing.
  bool HasRoom(uint64_t bytes) const;
  // Queues a state of the stream `key` with `row` flows emitted. False, and nothing is kept, if
  // there is no room. Older snapshots beyond `keep` are removed after it is written.
  bool Offer(const std::string& key, uint64_t row, std::string state);
  // Queues the removal of all snapshots of `key`, those queued before it too.
  void Remove(const std::string& key);
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
    std::optional<uint64_t> row;  // none: remove the key
    std::string state;
  };

  SnapshotStore(const SnapshotStoreOptions& options, const Clock* clock, SchedulerObserver* observer);
  // Before the writer starts, then on its thread only.
  void RemoveStale();
  void WriteAll();
  void Do(const Task& task);
  void Write(const Task& task);
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

  std::chrono::steady_clock::time_point next_sweep_;  // writer thread only
  std::thread writer_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_SCHEDULE_SNAPSHOT_STORE_H_
