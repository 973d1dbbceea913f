#include "server/schedule/worker_pool.h"

#include <atomic>
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

}  // namespace
}  // namespace stanflow
