#include "server/jobs/job_state.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "server/jobs/worker_protocol.h"
#include "tests/server/jobs/job_testing.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

constexpr JobState kStates[] = {JobState::kQueued,    JobState::kRunning, JobState::kCancelling,
                                JobState::kSucceeded, JobState::kFailed,  JobState::kCancelled};
constexpr JobAction kActions[] = {JobAction::kLease,   JobAction::kPublish, JobAction::kSucceed,
                                  JobAction::kFail,    JobAction::kRetry,   JobAction::kHandBack,
                                  JobAction::kSetBack, JobAction::kCancel};

Job In(JobState state) {
  Job job = NewJob("j");
  job.state = state;
  job.attempts = state == JobState::kQueued ? 0 : 1;
  return job;
}

TEST(JobState, FollowsTheTableAndRefusesEverythingElse) {
  for (JobState from : kStates) {
    for (JobAction action : kActions) {
      const JobTransition* expected = nullptr;
      for (const JobTransition& t : JobTransitions()) {
        if (t.from == from && t.action == action) expected = &t;
      }
      const auto got = ApplyChange(
          In(from), action == JobAction::kFail ? Failure(absl::NotFoundError("x")) : Change(action));
      if (expected != nullptr) {
        ASSERT_TRUE(got.ok()) << got.status();
        EXPECT_EQ(got->job.state, expected->to);
      } else if (action == JobAction::kCancel) {
        ASSERT_TRUE(got.ok());
        EXPECT_FALSE(got->changed);
        EXPECT_EQ(got->job.state, from);
      } else {
        EXPECT_EQ(got.status().code(), absl::StatusCode::kFailedPrecondition)
            << JobStateName(from) << " " << static_cast<int>(action);
      }
    }
  }
}

TEST(JobState, HasNoWayOutOfAFinalState) {
  for (const JobTransition& t : JobTransitions()) EXPECT_FALSE(IsFinal(t.from));
}

TEST(JobState, MakesEveryEndOfACancellingJobCancelled) {
  for (const JobTransition& t : JobTransitions()) {
    if (t.from != JobState::kCancelling || t.action == JobAction::kCancel) continue;
    const auto got = ApplyChange(In(t.from), Failure(absl::InternalError("x")));
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(got->job.state, JobState::kCancelled);
    EXPECT_EQ(got->job.failures, 0u);
    EXPECT_GT(got->job.ended_ms, 0);
  }
}

TEST(JobState, CountsAnAttemptAtEveryLeaseAndKeepsTheFirstStart) {
  Job job = ApplyChange(NewJob("j"), Change(JobAction::kLease, 5)).value().job;
  EXPECT_EQ(job.attempts, 1u);
  EXPECT_EQ(job.started_ms, 5);
  job = ApplyChange(job, Change(JobAction::kHandBack, 6)).value().job;
  job = ApplyChange(job, Change(JobAction::kLease, 7)).value().job;
  EXPECT_EQ(job.attempts, 2u);
  EXPECT_EQ(job.started_ms, 5);
  EXPECT_EQ(job.failures, 0u);
}

TEST(JobState, TriesAgainUntilTheLastFailureIsUsedUp) {
  Job job = NewJob("j");
  job.max_failures = 3;
  for (uint32_t failure = 1; failure <= 3; ++failure) {
    job = ApplyChange(job, Change(JobAction::kLease, 100)).value().job;
    job = ApplyChange(job, Failure(absl::InternalError("boom"), 100)).value().job;
    EXPECT_EQ(job.failures, failure);
    EXPECT_EQ(job.state, failure < 3 ? JobState::kQueued : JobState::kFailed);
    if (failure < 3) {
      EXPECT_EQ(job.not_before_ms, 100 + RetryDelayMs(failure));
    }
  }
  EXPECT_EQ(job.error_code, "INTERNAL");
  EXPECT_EQ(job.error_message, "boom");
}

TEST(JobState, FailsAtOnceWhenTryingAgainCannotHelp) {
  for (auto code :
       {absl::StatusCode::kInvalidArgument, absl::StatusCode::kFailedPrecondition,
        absl::StatusCode::kNotFound, absl::StatusCode::kDataLoss, absl::StatusCode::kAlreadyExists}) {
    const auto got = ApplyChange(In(JobState::kRunning), Failure(absl::Status(code, "no")));
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(got->job.state, JobState::kFailed);
    EXPECT_EQ(got->job.failures, 1u);
  }
}

TEST(JobState, WaitsOutAFullDiskForAnHourBeforeThatCountsAsAFailure) {
  Job job = NewJob("j");
  job.max_failures = 2;
  const absl::Status full = absl::ResourceExhaustedError("disk full");
  int64_t now = 0;
  for (uint32_t setback = 1; setback <= kMaxSetbacks; ++setback) {
    job = ApplyChange(job, Change(JobAction::kLease, now)).value().job;
    job = ApplyChange(job, Failure(full, now)).value().job;
    ASSERT_EQ(job.state, JobState::kQueued);
    EXPECT_EQ(job.failures, 0u);
    EXPECT_EQ(job.error_message, "disk full");
    EXPECT_EQ(job.not_before_ms, now + 60000);
    now = job.not_before_ms;
  }
  EXPECT_GE(now, 3600 * 1000);
  for (uint32_t failure = 1; failure <= 2; ++failure) {
    job = ApplyChange(job, Change(JobAction::kLease)).value().job;
    job = ApplyChange(job, Failure(full)).value().job;
    EXPECT_EQ(job.failures, failure);
  }
  EXPECT_EQ(job.state, JobState::kFailed);
}

class WaitingKind : public ::testing::TestWithParam<JobKind> {};
INSTANTIATE_TEST_SUITE_P(JobState, WaitingKind, ::testing::Values(JobKind::kStream, JobKind::kCollect));

TEST_P(WaitingKind, WaitsForOthersAsLongAsThatTakes) {
  Job job = NewJob("j");
  job.kind = GetParam();
  for (uint32_t i = 0; i < 2 * kMaxSetbacks; ++i) {
    job = ApplyChange(job, Change(JobAction::kLease, 100)).value().job;
    job = ApplyChange(job, Failure(absl::UnavailableError("the collector is gone"), 100)).value().job;
    ASSERT_EQ(job.state, JobState::kQueued);
    EXPECT_LE(job.not_before_ms, 100 + 60000);
  }
  EXPECT_EQ(job.failures, 0u);
}

TEST_P(WaitingKind, WaitsForRoomWithoutEnd) {
  Job job = NewJob("j", GetParam());
  for (uint32_t i = 0; i < 2 * kMaxSetbacks; ++i) {
    job = ApplyChange(job, Change(JobAction::kLease)).value().job;
    job = ApplyChange(job, Failure(absl::ResourceExhaustedError("disk full"))).value().job;
    ASSERT_EQ(job.state, JobState::kQueued);
  }
  EXPECT_EQ(job.failures, 0u);
}

TEST_P(WaitingKind, ForgetsItsFailuresAfterAnAttemptThatLasted) {
  const auto fails_after = [](Job job, int64_t lasted_ms, const absl::Status& error) {
    job = ApplyChange(job, Change(JobAction::kLease, 1000)).value().job;
    return ApplyChange(job, Failure(error, 1000 + lasted_ms)).value().job;
  };
  const absl::Status crash = absl::InternalError("crashed"), gone = absl::UnavailableError("gone");
  Job job = NewJob("j", GetParam());
  job.failures = job.max_failures - 1;
  job.setbacks = 10;
  EXPECT_EQ(fails_after(job, kCalmMs - 1, crash).state, JobState::kFailed);
  const Job later = fails_after(job, kCalmMs, crash);
  EXPECT_EQ(later.state, JobState::kQueued);
  EXPECT_EQ(later.failures, 1u);
  EXPECT_EQ(later.setbacks, 0u);
  EXPECT_EQ(fails_after(job, kCalmMs - 1, gone).setbacks, 11u);
  EXPECT_EQ(fails_after(job, kCalmMs, gone).setbacks, 1u);
  EXPECT_EQ(fails_after(job, kCalmMs, gone).failures, 0u);

  Job training = job;
  training.kind = JobKind::kTrain;
  EXPECT_EQ(fails_after(training, kCalmMs, crash).state, JobState::kFailed);
}

Job CollectionIn(JobState state) {
  Job job = In(state);
  job.kind = JobKind::kCollect;
  job.attempts = 1;
  return job;
}

TEST(JobState, KeepsACancelledCollectionUntilItsRowsArePublished) {
  for (const JobTransition& t : JobTransitionsOfCollections()) {
    JobChange change = Change(t.action, 7);
    change.error = absl::UnavailableError("x");
    const auto got = ApplyChange(CollectionIn(t.from), change);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(got->job.state, JobState::kCancelling);
    EXPECT_EQ(HasWorker(got->job), t.action == JobAction::kLease);
    EXPECT_EQ(got->job.not_before_ms >= 7, t.action != JobAction::kLease);
  }
  const Job cancelled = CollectionIn(JobState::kCancelling);
  EXPECT_TRUE(HasWorker(cancelled));
  EXPECT_EQ(ApplyChange(cancelled, Change(JobAction::kPublish))->job.state, JobState::kCancelled);
  EXPECT_EQ(ApplyChange(cancelled, Failure(absl::DataLossError("x")))->job.state, JobState::kCancelled);
  Job fresh = CollectionIn(JobState::kQueued);
  fresh.attempts = 0;
  EXPECT_EQ(ApplyChange(fresh, Change(JobAction::kCancel))->job.state, JobState::kCancelled);
}

TEST(JobState, WaitsLongerEachTimeThatSomebodyElseStopsTheWorker) {
  Job job = NewJob("j");
  JobChange stopped = Change(JobAction::kSetBack, 100);
  stopped.error = absl::UnavailableError("stopped");
  for (uint32_t setback = 1; setback <= 3; ++setback) {
    job = ApplyChange(job, Change(JobAction::kLease, 100)).value().job;
    job = ApplyChange(job, stopped).value().job;
    EXPECT_EQ(job.failures, 0u);
    EXPECT_EQ(job.not_before_ms, 100 + RetryDelayMs(setback));
  }
  job.setbacks = kMaxSetbacks;
  job = ApplyChange(job, Change(JobAction::kLease, 100)).value().job;
  EXPECT_EQ(ApplyChange(job, stopped).value().job.failures, 1u);
}

TEST(JobState, RefusesACancelWhileTheJobIsBeingPublished) {
  Job job = ApplyChange(In(JobState::kRunning), Change(JobAction::kPublish)).value().job;
  auto late = ApplyChange(job, Change(JobAction::kCancel));
  ASSERT_TRUE(late.ok());
  EXPECT_FALSE(late->changed);
  EXPECT_EQ(late->job.state, JobState::kRunning);
  // Also when its server died in the middle of it.
  job = ApplyChange(job, Change(JobAction::kHandBack)).value().job;
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_FALSE(ApplyChange(job, Change(JobAction::kCancel)).value().changed);
}

TEST(JobState, LetsAJobBeCancelledAgainAfterItsPublishingFailed) {
  Job job = ApplyChange(In(JobState::kRunning), Change(JobAction::kPublish)).value().job;
  job = ApplyChange(job, Failure(absl::ResourceExhaustedError("disk full"))).value().job;
  EXPECT_EQ(ApplyChange(job, Change(JobAction::kCancel)).value().job.state, JobState::kCancelled);
}

TEST(JobState, WaitsLongerAfterEachFailureUpToAMinute) {
  EXPECT_EQ(RetryDelayMs(1), 1000);
  EXPECT_EQ(RetryDelayMs(2), 4000);
  EXPECT_EQ(RetryDelayMs(3), 16000);
  EXPECT_EQ(RetryDelayMs(4), 60000);
  EXPECT_EQ(RetryDelayMs(1000), 60000);
}

TEST(WorkerProtocol, GivesBackWhatWasReported) {
  JobProgress progress;
  progress.fraction = 0.25;
  progress.phase = "training";
  progress.attribute = "bytes \"x\"\n";
  progress.epoch = 3;
  progress.nats = 2.5;
  progress.rows_per_second = 1e6;
  progress.seconds_left = 12;
  const std::string line = ProgressLine(progress);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto got = ParseWorkerLine(line);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->type, WorkerLine::Type::kProgress);
  EXPECT_EQ(got->progress.fraction, 0.25);
  EXPECT_EQ(got->progress.attribute, progress.attribute);
  EXPECT_EQ(got->progress.epoch, 3u);
  EXPECT_EQ(got->progress.seconds_left, 12);

  const auto error = ParseWorkerLine(ErrorLine(absl::DataLossError("bad \xff byte")));
  ASSERT_TRUE(error.ok());
  EXPECT_EQ(error->error.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(error->error.message()), HasSubstr("bad "));
  EXPECT_EQ(ParseWorkerLine(HeartbeatLine())->type, WorkerLine::Type::kHeartbeat);
}

TEST(WorkerProtocol, CarriesWhatAStreamTellsOfItsSink) {
  SinkReport report;
  report.sink = "netflow9";
  report.flows = 1ull << 40;
  report.dropped_flows = 3;
  report.waited_seconds = 1.5;
  report.lateness_buckets.assign(kLatenessBuckets, 7);
  report.flow_end_ms = -5;
  report.committed_rows = 11;
  const auto got = ParseWorkerLine(SinkLine(report));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->type, WorkerLine::Type::kSink);
  EXPECT_EQ(SinkReportToJson(got->sink), SinkReportToJson(report));
  EXPECT_EQ(got->sink.flows, 1ull << 40);
  report.lateness_buckets.pop_back();
  EXPECT_FALSE(ParseWorkerLine(SinkLine(report)).ok()) << "other buckets than this program's";
}

TEST(WorkerProtocol, CarriesWhatACollectionTellsAndItsWishToPublish) {
  CollectionReport report;
  report.flows = 1ull << 40;
  report.dropped_datagrams = 3;
  report.published_rows = 11;
  const auto got = ParseWorkerLine(CollectionLine(report));
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->type, WorkerLine::Type::kCollection);
  EXPECT_EQ(CollectionReportToJson(got->collection), CollectionReportToJson(report));
  EXPECT_EQ(got->collection.flows, 1ull << 40);
  EXPECT_EQ(ParseWorkerLine(PublishLine())->type, WorkerLine::Type::kPublish);
}

TEST(WorkerProtocol, CarriesTheAnswerToAPublishing) {
  EXPECT_TRUE(ParsePublishAnswer(PublishAnswer(absl::OkStatus())).ok());
  const absl::Status taken = absl::AlreadyExistsError("dataset 'x' is there already");
  EXPECT_EQ(ParsePublishAnswer(PublishAnswer(taken)), taken);
  EXPECT_FALSE(ParsePublishAnswer("").ok());
  EXPECT_FALSE(ParsePublishAnswer("{}").ok());
}

TEST(WorkerProtocol, RefusesLinesThatNoWorkerPrints) {
  for (const char* line : {R"({"type":"collection"})", R"({"type":"collection","collection":{"flows":1}})",
                           R"({"type":"sink"})", R"({"type":"sink","sink":{"flows":1}})", "", "hello", "[]",
                           "{}", R"({"type":"progress"})", R"({"type":"progress","progress":3})",
                           R"({"type":"progress","progress":{"epoch":"x"}})", R"({"type":7})"}) {
    EXPECT_FALSE(ParseWorkerLine(line).ok()) << line;
  }
}

}  // namespace
}  // namespace stanflow
