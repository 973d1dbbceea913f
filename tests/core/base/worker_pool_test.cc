#include "core/base/worker_pool.h"

#include <vector>

#include "core/base/mutex.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(WorkerPool, CallsEachTurnOnceBeforeItReturns) {
  for (const int threads : {1, 2, 5}) {
    WorkerPool pool(threads);
    for (size_t n = 0; n < 200; ++n) {
      std::vector<int> calls(n, 0);
      pool.Run(n, [&](size_t i) { ++calls[i]; });
      ASSERT_EQ(calls, std::vector<int>(n, 1));
    }
  }
}

TEST(WorkerPool, RunsTurnsAtOnceOnAllItsThreads) {
  WorkerPool pool(3);
  Mutex mutex;
  CondVar met;
  int here = 0;
  // Returns only if three turns are in progress together.
  pool.Run(3, [&](size_t) {
    MutexLock lock(&mutex);
    ++here;
    met.NotifyAll();
    while (here < 3) met.Wait(&mutex);
  });
  EXPECT_EQ(here, 3);
}

TEST(WorkerPool, StartsNoTurnAfterAnErrorReturnsItAndStaysUsable) {
  WorkerPool pool(1);
  int started = 0;
  const absl::Status status = pool.RunUntilError(10, [&](size_t i) {
    ++started;
    return i == 3 ? absl::DataLossError("three") : absl::OkStatus();
  });
  EXPECT_EQ(status, absl::DataLossError("three"));
  EXPECT_EQ(started, 4);
  EXPECT_TRUE(pool.RunUntilError(2, [](size_t) { return absl::OkStatus(); }).ok());
}

TEST(WorkerPool, AnswersTheErrorOfAnyThread) {
  WorkerPool pool(4);
  for (size_t bad = 0; bad < 50; ++bad) {
    const absl::Status status = pool.RunUntilError(
        50, [&](size_t i) { return i == bad ? absl::DataLossError("bad") : absl::OkStatus(); });
    EXPECT_EQ(status, absl::DataLossError("bad"));
  }
}

}  // namespace
}  // namespace stanflow
