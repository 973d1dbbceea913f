// Admission, cancelling, parking and draining: when streams may begin and how they end early.
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/schedule/generate_scheduler.h"
#include "tests/server/schedule/recording_sink.h"
#include "tests/server/schedule/stream_cases.h"
#include "tests/support/manual_clock.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr uint64_t kEndless = 1000000000;

class LoadObserver final : public SchedulerObserver {
 public:
  void OnLoad(const SchedulerLoad& load) override {
    MutexLock lock(&mutex_);
    load_ = load;
    changed_.NotifyAll();
  }
  void OnUnparked(std::chrono::nanoseconds time) override {
    MutexLock lock(&mutex_);
    unparked_.push_back(time);
  }
  void WaitForParked(int streams) {
    MutexLock lock(&mutex_);
    while (load_.parked != streams) changed_.Wait(&mutex_);
  }
  std::vector<std::chrono::nanoseconds> unparked() {
    MutexLock lock(&mutex_);
    return unparked_;
  }
  SchedulerLoad load() {
    MutexLock lock(&mutex_);
    return load_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  SchedulerLoad load_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::chrono::nanoseconds> unparked_ ABSL_GUARDED_BY(mutex_);
};

TEST(SchedulerLimits, RefuseAtOnceWhatIsTooMuchNow) {
  StepGate gate(false);
  FakeGeneratorOptions fake;
  fake.gate = &gate;
  const auto generator = std::make_shared<FakeGenerator>(fake);
  GenerateSchedulerOptions options;
  options.max_streams = 3;
  options.max_contexts = 20;
  RecordingSink sinks[3], refused;
  GenerateScheduler scheduler(options, &Clock::Real(), nullptr, nullptr);
  ASSERT_TRUE(scheduler.Start(Request(generator, 1, 8, 100), &sinks[0]).ok());
  ASSERT_TRUE(scheduler.Start(Request(generator, 2, 8, 100), &sinks[1]).ok());
  const auto contexts = scheduler.Start(Request(generator, 3, 5, 100), &refused);
  EXPECT_EQ(contexts.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(contexts.status().message()), HasSubstr("16 of the 20 contexts"));
  ASSERT_TRUE(scheduler.Start(Request(generator, 3, 4, 100), &sinks[2]).ok());
  const auto streams = scheduler.Start(Request(generator, 4, 1, 100), &refused);
  EXPECT_EQ(streams.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(streams.status().message()), HasSubstr("all 3 streams"));
  EXPECT_EQ(scheduler.Start(Request(generator, 5, 21, 100), &refused).status().code(),
            absl::StatusCode::kFailedPrecondition);
  gate.Open();
  for (RecordingSink& sink : sinks) EXPECT_TRUE(sink.WaitForFinish().ok());
  EXPECT_FALSE(refused.finished());
  EXPECT_TRUE(scheduler.Start(Request(generator, 6, 20, 100), &refused).ok()) << "slots are free again";
  EXPECT_TRUE(refused.WaitForFinish().ok());
}

TEST(SchedulerLimits, RefuseARequestThatMakesNoSense) {
  const auto generator = std::make_shared<FakeGenerator>();
  RecordingSink sink;
  GenerateScheduler scheduler({}, &Clock::Real(), nullptr, nullptr);
  const struct {
    void (*change)(StreamRequest*);
    std::string message;
  } cases[] = {
      {[](StreamRequest* r) { r->spec.hosts = 0; }, "hosts: 0"},
      {[](StreamRequest* r) { r->chunk_rows = 0; }, "chunk_rows: 0"},
      {[](StreamRequest* r) { r->first_row = 101; }, "first_row: 101"},
      {[](StreamRequest* r) { r->snapshot_key = "../x"; }, "snapshot_key"},
  };
  for (const auto& c : cases) {
    StreamRequest request = Request(generator, 1, 1, 100);
    c.change(&request);
    const auto ticket = scheduler.Start(request, &sink);
    EXPECT_EQ(ticket.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(ticket.status().message()), HasSubstr(c.message));
  }
  EXPECT_EQ(scheduler.Load().streams, 0);
}

TEST(SchedulerLimits, CancelFreesTheSlotWithinOneStep) {
  StepGate gate(false);
  FakeGeneratorOptions fake;
  fake.gate = &gate;
  const auto generator = std::make_shared<FakeGenerator>(fake);
  GenerateSchedulerOptions options;
  options.engine_threads = 1;
  options.max_streams = 1;
  LoadObserver observer;
  RecordingSink cancelled, next;
  GenerateScheduler scheduler(options, &Clock::Real(), nullptr, &observer);
  const auto ticket = scheduler.Start(Request(generator, 1, 8, kEndless), &cancelled);
  ASSERT_TRUE(ticket.ok());
  gate.WaitForBlocked(1);
  scheduler.Cancel(ticket->id);
  EXPECT_FALSE(cancelled.finished()) << "a step is in progress";
  gate.Permit(1);
  EXPECT_EQ(cancelled.WaitForFinish().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(generator->steps(), 1u);
  EXPECT_EQ(scheduler.Load().streams, 0);
  EXPECT_EQ(observer.load().streams, 0) << "the metrics still show it";
  EXPECT_EQ(observer.load().contexts, 0);
  gate.Open();
  EXPECT_TRUE(scheduler.Start(Request(generator, 2, 8, 100), &next).ok());
  EXPECT_TRUE(next.WaitForFinish().ok());
}

TEST(SchedulerLimits, CancelReachesAParkedStreamAndAnUnknownOneIsIgnored) {
  const auto generator = std::make_shared<FakeGenerator>();
  RecordingSink sink(0, 1);
  GenerateScheduler scheduler({}, &Clock::Real(), nullptr, nullptr);
  const auto ticket = scheduler.Start(Request(generator, 1, 8, kEndless), &sink);
  ASSERT_TRUE(ticket.ok());
  sink.WaitForChunks(1);
  scheduler.Cancel(ticket->id + 1);
  scheduler.Resume(ticket->id + 1);
  scheduler.Cancel(ticket->id);
  EXPECT_EQ(sink.WaitForFinish().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(sink.chunks(), 1);
}

TEST(SchedulerLimits, TellHowLongAStreamSatOutWhetherItGoesOnOrEnds) {
  ManualClock clock;
  LoadObserver observer;
  const auto generator = std::make_shared<FakeGenerator>();
  RecordingSink sink(0, 1);
  GenerateScheduler scheduler({}, &clock, nullptr, &observer);
  const auto ticket = scheduler.Start(Request(generator, 1, 8, kEndless), &sink);
  ASSERT_TRUE(ticket.ok());
  observer.WaitForParked(1);
  clock.Advance(std::chrono::hours(2));
  sink.Drain();
  scheduler.Resume(ticket->id);
  sink.WaitForChunks(2);
  observer.WaitForParked(1);
  clock.Advance(std::chrono::hours(48));
  scheduler.Cancel(ticket->id);
  EXPECT_EQ(sink.WaitForFinish().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(observer.unparked(), ElementsAre(std::chrono::hours(2), std::chrono::hours(48)));
}

// A slow reader may need hours for half of what waits for it; one that takes nothing is for the sink to tell.
TEST(SchedulerLimits, LeaveAParkedStreamToItsReaderHoweverLongThatTakes) {
  ManualClock clock;
  const auto generator = std::make_shared<FakeGenerator>();
  const StreamRequest request = Request(generator, 1, 8, 100);
  RecordingSink slow(0, 1), other;
  GenerateScheduler scheduler({}, &clock, nullptr, nullptr);
  const auto ticket = scheduler.Start(request, &slow);
  ASSERT_TRUE(ticket.ok());
  slow.WaitForChunks(1);
  clock.Advance(std::chrono::hours(48));
  // Begins and ends after a step in which the first one was seen as parked for so long.
  ASSERT_TRUE(scheduler.Start(Request(generator, 2, 8, 100), &other).ok());
  ASSERT_TRUE(other.WaitForFinish().ok());
  EXPECT_FALSE(slow.finished());
  while (!slow.finished()) {
    slow.Drain();
    const int chunks = slow.chunks();
    scheduler.Resume(ticket->id);
    slow.WaitForChunks(chunks + 1);
  }
  EXPECT_TRUE(slow.WaitForFinish().ok());
  EXPECT_EQ(slow.flows(), Expected(request));
}

TEST(SchedulerLimits, DrainEndsStreamsWithUnavailableAfterWhatWasMadeIsSent) {
  const auto generator = std::make_shared<FakeGenerator>();
  std::vector<std::unique_ptr<RecordingSink>> sinks;
  GenerateScheduler scheduler({}, &Clock::Real(), nullptr, nullptr);
  for (int i = 0; i < 8; ++i) {
    sinks.push_back(std::make_unique<RecordingSink>(0, i == 3 ? 1 : 1000000));
    ASSERT_TRUE(scheduler.Start(Request(generator, i, 8, kEndless), sinks.back().get()).ok());
  }
  for (const auto& sink : sinks) sink->WaitForChunks(1);
  scheduler.Drain(Clock::Real().SteadyNow());
  for (size_t i = 0; i < sinks.size(); ++i) {
    ASSERT_TRUE(sinks[i]->finished()) << "Drain returned too early";
    EXPECT_EQ(sinks[i]->WaitForFinish().code(), absl::StatusCode::kUnavailable);
    std::vector<Flow> flows = sinks[i]->flows();
    EXPECT_EQ(flows, Expected(Request(generator, i, 8, flows.size())));
  }
  RecordingSink late;
  EXPECT_EQ(scheduler.Start(Request(generator, 1, 8, 100), &late).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(SchedulerLimits, DrainLetsStreamsEndBeforeItsDeadline) {
  ManualClock clock;
  StepGate gate(false);
  FakeGeneratorOptions fake;
  fake.gate = &gate;
  const auto generator = std::make_shared<FakeGenerator>(fake);
  GenerateSchedulerOptions options;
  options.max_streams = 2;
  RecordingSink ends, parks(0, 1), refused;
  GenerateScheduler scheduler(options, &clock, nullptr, nullptr);
  ASSERT_TRUE(scheduler.Start(Request(generator, 1, 8, 3000), &ends).ok());
  ASSERT_TRUE(scheduler.Start(Request(generator, 2, 8, 3000), &parks).ok());
  const auto deadline = clock.SteadyNow() + std::chrono::hours(1);
  std::thread drain([&] { scheduler.Drain(deadline); });
  // Until the drain has begun the answer is that all streams are taken.
  while (scheduler.Start(Request(generator, 3, 8, 10), &refused).status().code() !=
         absl::StatusCode::kUnavailable) {
    std::this_thread::yield();
  }
  gate.Open();
  EXPECT_TRUE(ends.WaitForFinish().ok());
  parks.WaitForChunks(1);
  EXPECT_FALSE(parks.finished());
  clock.Advance(std::chrono::hours(1));
  scheduler.Cancel(0);  // Wakes the scheduler, whose clock would not.
  EXPECT_EQ(parks.WaitForFinish().code(), absl::StatusCode::kUnavailable);
  drain.join();
}

TEST(SchedulerLimits, DestroyingTheSchedulerFinishesEveryStream) {
  const auto generator = std::make_shared<FakeGenerator>();
  RecordingSink running, parked(0, 1);
  {
    GenerateScheduler scheduler({}, &Clock::Real(), nullptr, nullptr);
    ASSERT_TRUE(scheduler.Start(Request(generator, 1, 8, kEndless), &running).ok());
    ASSERT_TRUE(scheduler.Start(Request(generator, 2, 8, kEndless), &parked).ok());
  }
  EXPECT_TRUE(running.finished());
  EXPECT_TRUE(parked.finished());
}

}  // namespace
}  // namespace stanflow
