#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/worker/job_lock.h"
#include "server/worker/worker_channel.h"
#include "tests/server/jobs/job_testing.h"

namespace stanflow {
namespace {

using std::chrono::milliseconds;

const auto kNever = [] { return false; };

JobProgress At(const std::string& phase, const std::string& attribute, uint32_t epoch, double fraction) {
  JobProgress progress;
  progress.phase = phase;
  progress.attribute = attribute;
  progress.epoch = epoch;
  progress.fraction = fraction;
  return progress;
}

TEST(ProgressThinner, PassesChangesAtOnceAndTheRestTwiceASecond) {
  ProgressThinner thinner;
  const std::chrono::steady_clock::time_point t0;
  EXPECT_TRUE(thinner.Passes(At("training", "bytes", 1, 0), t0));
  EXPECT_FALSE(thinner.Passes(At("training", "bytes", 1, 0.1), t0 + milliseconds(499)));
  EXPECT_TRUE(thinner.Passes(At("training", "bytes", 1, 0.2), t0 + milliseconds(500)));
  EXPECT_TRUE(thinner.Passes(At("training", "bytes", 2, 0.2), t0 + milliseconds(501)));
  EXPECT_TRUE(thinner.Passes(At("training", "packets", 2, 0.2), t0 + milliseconds(502)));
  EXPECT_TRUE(thinner.Passes(At("scoring", "packets", 2, 0.2), t0 + milliseconds(503)));
  EXPECT_FALSE(thinner.Passes(At("scoring", "packets", 2, 0.3), t0 + milliseconds(504)));
}

TEST(LockJobFolder, LetsOneWorkerAtATimeIn) {
  TempDir dir;
  const auto first = LockJobFolder(dir.path(), 1, milliseconds(0), kNever);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(LockJobFolder(dir.path(), 2, milliseconds(0), kNever).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(LockJobFolder, WaitsForADyingPredecessor) {
  TempDir dir;
  auto first =
      std::make_unique<absl::StatusOr<FileLock>>(LockJobFolder(dir.path(), 1, milliseconds(0), kNever));
  // Asked between two tries: that is when the predecessor dies.
  const auto let_go = [&] {
    first.reset();
    return false;
  };
  EXPECT_TRUE(LockJobFolder(dir.path(), 2, std::chrono::seconds(60), let_go).ok());
}

TEST(LockJobFolder, StopsWaitingWhenAskedTo) {
  TempDir dir;
  const auto first = LockJobFolder(dir.path(), 1, milliseconds(0), kNever);
  EXPECT_EQ(LockJobFolder(dir.path(), 2, std::chrono::seconds(60), [] { return true; }).status().code(),
            absl::StatusCode::kCancelled);
}

TEST(LockJobFolder, RefusesAnAttemptThatComesAfterANewerOne) {
  TempDir dir;
  ASSERT_TRUE(LockJobFolder(dir.path(), 10, milliseconds(0), kNever).ok());
  EXPECT_EQ(LockJobFolder(dir.path(), 9, milliseconds(0), kNever).status().code(),
            absl::StatusCode::kAborted);
  EXPECT_TRUE(LockJobFolder(dir.path(), 10, milliseconds(0), kNever).ok());
  std::ofstream(dir.path() + "/attempt") << "x";
  EXPECT_EQ(LockJobFolder(dir.path(), 11, milliseconds(0), kNever).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace stanflow
