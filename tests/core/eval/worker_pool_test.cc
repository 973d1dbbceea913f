#include "core/eval/worker_pool.h"

#include <atomic>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(WorkerPool, RunsEveryTaskOnceInManyRounds) {
  for (int threads : {1, 2, 5}) {
    WorkerPool pool(threads);
    for (int round = 0; round < 200; ++round) {
      std::vector<std::atomic<int>> hits(round % 9);
      const absl::Status status = pool.Run(hits.size(), [&](size_t i) {
        ++hits[i];
        return absl::OkStatus();
      });
      ASSERT_TRUE(status.ok());
      for (const auto& h : hits) ASSERT_EQ(h, 1);
    }
  }
}

TEST(WorkerPool, AnErrorIsReturnedStopsNewTasksAndLeavesThePoolUsable) {
  WorkerPool pool(1);
  int started = 0;
  const absl::Status status = pool.Run(10, [&](size_t i) {
    ++started;
    return i == 3 ? absl::DataLossError("three") : absl::OkStatus();
  });
  EXPECT_EQ(status, absl::DataLossError("three"));
  EXPECT_EQ(started, 4);
  EXPECT_TRUE(pool.Run(2, [](size_t) { return absl::OkStatus(); }).ok());
}

}  // namespace
}  // namespace stanflow
