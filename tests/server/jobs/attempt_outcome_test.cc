#include "server/jobs/attempt_outcome.h"

#include <signal.h>

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/jobs/line_splitter.h"
#include "server/jobs/worker_protocol.h"
#include "tests/server/jobs/job_testing.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

AttemptEnd Exit(WorkerExit code) {
  AttemptEnd end;
  end.end.exit_code = static_cast<int>(code);
  return end;
}

AttemptEnd Signal(int signal) {
  AttemptEnd end;
  end.end.signal = signal;
  return end;
}

TEST(AttemptOutcome, IsTheErrorThatTheWorkerReported) {
  AttemptEnd end = Exit(WorkerExit::kFailed);
  end.reported = absl::DataLossError("checkpoint");
  EXPECT_EQ(AttemptOutcome(end), end.reported);
}

TEST(AttemptOutcome, SaysWhetherTheServerAskedForWhatIsHandedBack) {
  for (AttemptEnd end : {Exit(WorkerExit::kHandedBack), Signal(SIGTERM)}) {
    EXPECT_THAT(std::string(AttemptOutcome(end).message()), HasSubstr("somebody else than the server"));
    end.stop_asked = true;
    EXPECT_EQ(AttemptOutcome(end), absl::CancelledError("handed back"));
  }
}

TEST(AttemptOutcome, IsHandedBackOnlyIfTheWorkerWasAskedToStop) {
  EXPECT_EQ(AttemptOutcome(Exit(WorkerExit::kHandedBack)).code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(AttemptOutcome(Signal(SIGTERM)).code(), absl::StatusCode::kCancelled);
  AttemptEnd unasked = Exit(WorkerExit::kFailed);
  unasked.reported = absl::CancelledError("by itself");
  EXPECT_EQ(AttemptOutcome(unasked).code(), absl::StatusCode::kInternal);
}

TEST(AttemptOutcome, NamesTheSignalAndTheLastWordsOfACrash) {
  AttemptEnd end = Signal(SIGSEGV);
  end.log_tail = "about to crash";
  const absl::Status outcome = AttemptOutcome(end);
  EXPECT_EQ(outcome.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(outcome.message()), HasSubstr("signal 11"));
  EXPECT_THAT(std::string(outcome.message()), HasSubstr("about to crash"));
}

TEST(AttemptOutcome, TellsAKillByTheDrainFromOneByTheSystem) {
  EXPECT_EQ(AttemptOutcome(Signal(SIGKILL)).code(), absl::StatusCode::kInternal);
  AttemptEnd drained = Signal(SIGKILL);
  drained.drained = true;
  EXPECT_EQ(AttemptOutcome(drained).code(), absl::StatusCode::kCancelled);
  AttemptEnd silent = Signal(SIGKILL);
  silent.lease_expired = true;
  EXPECT_EQ(AttemptOutcome(silent).code(), absl::StatusCode::kDeadlineExceeded);
}

TEST(AttemptOutcome, IsAFailureForEveryOtherExitCode) {
  for (auto code : {WorkerExit::kUsage, WorkerExit::kFailed, WorkerExit::kOrphaned, WorkerExit::kSuperseded,
                    WorkerExit::kLocked, static_cast<WorkerExit>(1)}) {
    const absl::Status outcome = AttemptOutcome(Exit(code));
    EXPECT_FALSE(outcome.ok()) << static_cast<int>(code);
    EXPECT_NE(outcome.code(), absl::StatusCode::kCancelled) << static_cast<int>(code);
  }
}

TEST(ReadTail, GivesTheLastWholeLinesFromTheOffsetOn) {
  TempDir dir;
  const std::string path = dir.path() + "/log";
  std::ofstream(path) << "earlier attempt\nfirst line\nsecond\nthird\n";
  EXPECT_EQ(ReadTail(path, 16, 1000), "first line\nsecond\nthird");
  EXPECT_EQ(ReadTail(path, 16, 15), "second\nthird");
  EXPECT_EQ(ReadTail(path, 1000, 10), "");
  EXPECT_EQ(ReadTail(dir.path() + "/none", 0, 10), "");
}

TEST(ReadTail, IsValidUtf8WhateverWasWritten) {
  TempDir dir;
  const std::string path = dir.path() + "/log";
  std::ofstream(path) << "caf\xc3\xa9 \xff\xfe \"x\"\n\xc3";
  EXPECT_EQ(ReadTail(path, 0, 1000), "caf\xc3\xa9 \xef\xbf\xbd\xef\xbf\xbd \"x\"\n\xef\xbf\xbd");
}

TEST(LineSplitter, JoinsPiecesAndDropsOnlyLinesThatAreTooLong) {
  std::vector<std::string> lines;
  LineSplitter splitter([&](std::string_view line) { lines.emplace_back(line); });
  splitter.Append("a");
  splitter.Append("b\n\nc");
  splitter.Append(std::string(LineSplitter::kMaxBytes, 'x'));
  splitter.Append("\nd\ne");
  splitter.Finish();
  EXPECT_THAT(lines, ElementsAre("ab", "", "d", "e"));
  EXPECT_EQ(splitter.dropped(), 1u);
}

}  // namespace
}  // namespace stanflow
