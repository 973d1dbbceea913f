#ifndef STANFLOW_TESTS_SERVER_SCHEDULE_RECORDING_SINK_H_
#define STANFLOW_TESTS_SERVER_SCHEDULE_RECORDING_SINK_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "gtest/gtest.h"
#include "server/schedule/stream_request.h"

namespace stanflow {

// Keeps what a stream sends, checks that it comes without a gap or repeat and never at once
// from two threads, and is full after every `room` chunks. Thread-safe.
class RecordingSink final : public StreamSink {
 public:
  explicit RecordingSink(uint64_t first_row = 0, int room = std::numeric_limits<int>::max())
      : next_row_(first_row), room_(room), left_(room) {}

  bool Chunk(uint64_t first_row, const FlowTable& flows) override {
    MutexLock lock(&mutex_);
    EXPECT_FALSE(finished_) << "a chunk after Finish";
    EXPECT_EQ(first_row, next_row_);
    EXPECT_GT(flows.size(), 0u);
    next_row_ += flows.size();
    for (size_t i = 0; i < flows.size(); ++i) flows_.push_back(flows.Row(i));
    ++chunks_;
    changed_.NotifyAll();
    return --left_ > 0;
  }

  void Finish(const absl::Status& status) override {
    MutexLock lock(&mutex_);
    EXPECT_FALSE(finished_) << "a second Finish";
    finished_ = true;
    status_ = status;
    changed_.NotifyAll();
  }

  // Room for `room` chunks again; the caller then calls Resume.
  void Drain() {
    MutexLock lock(&mutex_);
    left_ = room_;
  }

  absl::Status WaitForFinish() {
    MutexLock lock(&mutex_);
    while (!finished_) changed_.Wait(&mutex_);
    return status_;
  }
  // Or until it has finished.
  void WaitForChunks(int n) {
    MutexLock lock(&mutex_);
    while (chunks_ < n && !finished_) changed_.Wait(&mutex_);
  }

  bool finished() {
    MutexLock lock(&mutex_);
    return finished_;
  }
  int chunks() {
    MutexLock lock(&mutex_);
    return chunks_;
  }
  std::vector<Flow> flows() {
    MutexLock lock(&mutex_);
    return flows_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  uint64_t next_row_ ABSL_GUARDED_BY(mutex_);
  const int room_;
  int left_ ABSL_GUARDED_BY(mutex_);
  int chunks_ ABSL_GUARDED_BY(mutex_) = 0;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::vector<Flow> flows_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SERVER_SCHEDULE_RECORDING_SINK_H_
