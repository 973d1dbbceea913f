#ifndef STANFLOW_SERVER_WORKER_COLLECTION_PUBLISHER_H_
#define STANFLOW_SERVER_WORKER_COLLECTION_PUBLISHER_H_

#include <chrono>
#include <cstdint>

#include "absl/status/status.h"
#include "core/base/clock.h"
#include "core/dataset/growing_dataset.h"
#include "server/worker/collect_spec.h"
#include "server/worker/job_handler.h"

namespace stanflow {

// Makes a collection's dataset anew of all committed rows and has it published, from time to time: at most a
// fifth of the time goes into that. Not safe for concurrent use.
class CollectionPublisher {
 public:
  // All of these outlive it.
  CollectionPublisher(const JobContext* context, const CollectSpec* spec, const Clock* clock,
                      GrowingDataset* rows);

  // Looks at what there is of the name. Before everything else.
  absl::Status FindPublished();

  bool IsDue() const { return clock_->SteadyNow() >= publish_at_; }
  // If there is something new, it is due now.
  void Hasten();
  // Does nothing if there is nothing new; calls `meanwhile` from time to time, whose error is its own.
  absl::Status Publish(const GroupingProgress& meanwhile);
  uint64_t published_rows() const { return published_rows_; }

 private:
  bool IsPublished() const;
  absl::Status Make(const GroupingProgress& meanwhile);

  const JobContext& context_;
  const CollectSpec& spec_;
  const Clock* const clock_;
  GrowingDataset& rows_;
  uint64_t published_rows_ = 0, published_rejected_rows_ = 0;
  std::chrono::steady_clock::time_point publish_at_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_WORKER_COLLECTION_PUBLISHER_H_
