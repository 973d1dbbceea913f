#include "server/schedule/generate_scheduler.h"

#include <atomic>
#include <memory>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/schedule/recording_sink.h"
#include "tests/server/schedule/stream_cases.h"
#include "tests/support/manual_clock.h"

namespace stanflow {
namespace {

constexpr int kStreams = 64;

std::vector<StreamRequest> SixtyFour(const std::shared_ptr<const Generator>& a,
                                     const std::shared_ptr<const Generator>& b) {
  std::vector<StreamRequest> requests;
  for (int i = 0; i < kStreams; ++i) {
    requests.push_back(Request(i % 4 == 3 ? b : a, i / 2, 1 + i % 9, 300 + 17 * i));
    requests.back().spec.stream = i % 2;
    if (i % 5 == 4) {
      requests.back().spec.rows.reset();
      requests.back().spec.duration_ms = 60000 + 1000 * i;
    }
  }
  return requests;
}

std::shared_ptr<FakeGenerator> SmallTiles() {
  FakeGeneratorOptions options;
  options.tile_rows = 7;
  return std::make_shared<FakeGenerator>(options);
}

TEST(GenerateScheduler, GivesSixtyFourStreamsAtOnceTheFlowsTheyHaveAlone) {
  const auto a = std::make_shared<FakeGenerator>(), b = SmallTiles();
  const std::vector<StreamRequest> requests = SixtyFour(a, b);
  std::vector<std::vector<Flow>> expected;
  for (const StreamRequest& request : requests) expected.push_back(Expected(request));
  for (const int threads : {1, 2, 5}) {
    for (const uint32_t chunk_rows : {1u, 33u, 4096u}) {
      GenerateSchedulerOptions options;
      options.engine_threads = threads;
      options.tiles_per_thread = 1 + threads % 3;
      std::vector<std::unique_ptr<RecordingSink>> sinks;
      GenerateScheduler scheduler(options, &Clock::Real(), nullptr, nullptr);
      for (StreamRequest request : requests) {
        request.chunk_rows = chunk_rows;
        sinks.push_back(std::make_unique<RecordingSink>());
        ASSERT_TRUE(scheduler.Start(std::move(request), sinks.back().get()).ok());
      }
      for (int i = 0; i < kStreams; ++i) {
        ASSERT_TRUE(sinks[i]->WaitForFinish().ok());
        ASSERT_TRUE(sinks[i]->flows() == expected[i]) << "stream " << i << ", " << threads << " threads";
      }
    }
  }
}

TEST(GenerateScheduler, FillsTilesWithContextsOfManyStreams) {
  class Observer final : public SchedulerObserver {
   public:
    void OnStep(const StepStats& step) override { contexts += step.contexts, places += step.tile_places; }
    std::atomic<uint64_t> contexts{0}, places{0};
  } observer;
  StepGate gate(false);
  FakeGeneratorOptions fake;
  fake.gate = &gate;
  const auto generator = std::make_shared<FakeGenerator>(fake);
  GenerateSchedulerOptions options;
  options.engine_threads = 1;
  std::vector<std::unique_ptr<RecordingSink>> sinks;
  GenerateScheduler scheduler(options, &Clock::Real(), nullptr, &observer);
  for (int i = 0; i < kStreams; ++i) {
    sinks.push_back(std::make_unique<RecordingSink>());
    ASSERT_TRUE(scheduler.Start(Request(generator, i, 8, 2000), sinks.back().get()).ok());
  }
  gate.Open();
  for (const auto& sink : sinks) ASSERT_TRUE(sink->WaitForFinish().ok());
  EXPECT_GT(observer.contexts, 0.9 * observer.places);
  EXPECT_EQ(observer.contexts, generator->rows());
}

TEST(GenerateScheduler, ParksOnlyTheStreamWhoseSinkIsFull) {
  std::atomic<uint64_t> rows_of_slow{0};
  FakeGeneratorOptions fake;
  fake.on_row = [&](const ContextKey& key, uint64_t) {
    if (key.seed == 1) ++rows_of_slow;
    return absl::OkStatus();
  };
  const auto generator = std::make_shared<FakeGenerator>(fake);
  const StreamRequest slow = Request(generator, 1, 8, 20000), fast = Request(generator, 2, 8, 20000);
  const std::vector<Flow> expected = Expected(slow);
  rows_of_slow = 0;
  GenerateSchedulerOptions options;
  options.look_ahead_rows = 200;
  RecordingSink slow_sink(0, 2), fast_sink;
  GenerateScheduler scheduler(options, &Clock::Real(), nullptr, nullptr);
  const auto ticket = scheduler.Start(slow, &slow_sink);
  ASSERT_TRUE(ticket.ok());
  slow_sink.WaitForChunks(2);
  ASSERT_TRUE(scheduler.Start(fast, &fast_sink).ok());
  // Ends although the other's reader takes nothing.
  ASSERT_TRUE(fast_sink.WaitForFinish().ok());
  EXPECT_EQ(slow_sink.chunks(), 2);
  EXPECT_FALSE(slow_sink.finished());
  EXPECT_EQ(scheduler.Load().parked, 1);
  // The flows sent, those that wait for contexts behind them, and one step more.
  EXPECT_LE(rows_of_slow, 2 * slow.chunk_rows + options.look_ahead_rows + 8);
  while (!slow_sink.finished()) {
    slow_sink.Drain();
    const int chunks = slow_sink.chunks();
    scheduler.Resume(ticket->id);
    slow_sink.WaitForChunks(chunks + 2);
  }
  EXPECT_TRUE(slow_sink.WaitForFinish().ok());
  EXPECT_EQ(slow_sink.flows(), expected);
}

TEST(GenerateScheduler, NeverLosesAResumeThatComesFromWithinTheSink) {
  // A reader that is full after every chunk and has room again at once.
  class EagerSink final : public StreamSink {
   public:
    EagerSink(GenerateScheduler* scheduler, uint64_t id) : scheduler_(scheduler), id_(id) {}
    bool Chunk(uint64_t first_row, const FlowTable& flows) override {
      inner_.Chunk(first_row, flows);
      scheduler_->Resume(id_);
      return false;
    }
    void Finish(const absl::Status& status) override { inner_.Finish(status); }
    RecordingSink& inner() { return inner_; }

   private:
    GenerateScheduler* const scheduler_;
    const uint64_t id_;
    RecordingSink inner_;
  };
  const auto generator = std::make_shared<FakeGenerator>();
  GenerateScheduler scheduler({}, &Clock::Real(), nullptr, nullptr);
  EagerSink sink(&scheduler, 1);
  const StreamRequest request = Request(generator, 3, 8, 10000);
  const auto ticket = scheduler.Start(request, &sink);
  ASSERT_TRUE(ticket.ok());
  ASSERT_EQ(ticket->id, 1u);
  EXPECT_TRUE(sink.inner().WaitForFinish().ok());
  EXPECT_EQ(sink.inner().flows(), Expected(request));
}

TEST(GenerateScheduler, SendsTheFirstFlowAtOnceAndAnUnfinishedChunkOnceItsFlowsHaveWaited) {
  ManualClock clock;
  StepGate gate(false);
  FakeGeneratorOptions fake;
  fake.gate = &gate;
  const auto generator = std::make_shared<FakeGenerator>(fake);
  GenerateSchedulerOptions options;
  options.engine_threads = 1;
  RecordingSink sink;
  GenerateScheduler scheduler(options, &clock, nullptr, nullptr);
  StreamRequest request = Request(generator, 3, 1, 1000);
  request.chunk_rows = 1000;
  ASSERT_TRUE(scheduler.Start(request, &sink).ok());
  gate.WaitForBlocked(1);
  for (uint64_t step = 1; step <= 10; ++step) {
    gate.Permit(1);
    while (generator->steps() < step) gate.WaitForBlocked(1);
    gate.WaitForBlocked(1);
  }
  EXPECT_EQ(sink.chunks(), 1);
  EXPECT_EQ(sink.flows().size(), 1u);
  clock.Advance(options.flush_after);
  gate.Permit(1);
  sink.WaitForChunks(2);
  EXPECT_GE(sink.flows().size(), 10u);
  EXPECT_LT(sink.flows().size(), 1000u);
  gate.Open();
  EXPECT_TRUE(sink.WaitForFinish().ok());
}

TEST(GenerateScheduler, EndsTheStreamsOfATileWhoseStepFailsAndNoOthers) {
  FakeGeneratorOptions fake;
  fake.on_row = [](const ContextKey& key, uint64_t row) {
    return key.seed == 1 && row == 500 ? absl::InternalError("not a number") : absl::OkStatus();
  };
  const auto bad = std::make_shared<FakeGenerator>(fake), good = std::make_shared<FakeGenerator>();
  RecordingSink bad_sink, good_sink;
  GenerateScheduler scheduler({}, &Clock::Real(), nullptr, nullptr);
  const StreamRequest request = Request(good, 2, 8, 20000);
  ASSERT_TRUE(scheduler.Start(Request(bad, 1, 8, 20000), &bad_sink).ok());
  ASSERT_TRUE(scheduler.Start(request, &good_sink).ok());
  EXPECT_EQ(bad_sink.WaitForFinish(), absl::InternalError("not a number"));
  EXPECT_TRUE(good_sink.WaitForFinish().ok());
  EXPECT_EQ(good_sink.flows(), Expected(request));
}

}  // namespace
}  // namespace stanflow
