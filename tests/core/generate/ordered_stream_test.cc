#include "core/generate/ordered_stream.h"

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/fake_generator.h"
#include "tests/support/stream_stepper.h"

namespace stanflow {
namespace {

StreamSpec Spec(uint32_t hosts, uint64_t rows, uint64_t seed = 7) {
  StreamSpec spec;
  spec.seed = seed;
  spec.hosts = hosts;
  spec.start_ms = 1460332800000;
  spec.rows = rows;
  return spec;
}

// What a stream must be, from its definition: every context's rows, sorted, cut to the extent.
std::vector<Flow> Expected(const Generator& generator, const StreamSpec& spec, int rows_a_context) {
  using Key = std::tuple<int64_t, uint32_t, int>;
  std::vector<std::pair<Key, Flow>> all;
  int64_t known_until = INT64_MAX;
  for (uint32_t c = 0; c < spec.hosts; ++c) {
    auto context = generator.NewContext({spec.seed, spec.stream, c, spec.start_ms});
    Context* const one[] = {context.get()};
    HostRow row;
    for (int r = 0; r < rows_a_context; ++r) {
      EXPECT_TRUE(generator.Step(one, absl::MakeSpan(&row, 1)).ok());
      all.push_back({Key(row.end_ms, c, r), ToFlow(row, spec.home.network + 1 + c)});
    }
    known_until = std::min(known_until, context->clock_ms());
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Flow> flows;
  for (const auto& [key, flow] : all) {
    if (spec.rows && flows.size() == *spec.rows) break;
    if (spec.duration_ms && flow.end_ms >= spec.start_ms + *spec.duration_ms) break;
    EXPECT_LT(flow.end_ms, known_until) << "raise rows_a_context";
    flows.push_back(flow);
  }
  return flows;
}

std::vector<Flow> Rows(const FlowTable& table) {
  std::vector<Flow> rows;
  for (size_t i = 0; i < table.size(); ++i) rows.push_back(table.Row(i));
  return rows;
}

// Steps due contexts in random numbers, hands rows back in random order and late, pops in random numbers.
std::vector<Flow> RunAtRandom(const Generator& generator, OrderedStream* stream, uint32_t seed) {
  std::mt19937 random(seed);
  FlowTable flows;
  std::vector<std::pair<Context*, HostRow>> stepped;
  while (!stream->done()) {
    std::vector<Context*> due;
    stream->TakeDue(random() % 8 + 1, &due);
    for (Context* context : due) {
      HostRow row;
      EXPECT_TRUE(generator.Step(absl::MakeConstSpan(&context, 1), absl::MakeSpan(&row, 1)).ok());
      stepped.push_back({context, row});
    }
    std::shuffle(stepped.begin(), stepped.end(), random);
    for (size_t n = stepped.size() - random() % (stepped.size() + 1); n > 0; --n) {
      stream->Deliver(stepped.back().first, stepped.back().second);
      stepped.pop_back();
    }
    stream->Pop(random() % 16, &flows);
  }
  return Rows(flows);
}

std::vector<Flow> RunSolo(const Generator& generator, OrderedStream* stream) {
  StreamStepper stepper(&generator, stream);
  FlowTable flows;
  while (!stream->done()) {
    EXPECT_TRUE(stepper.Step().ok());
    stream->Pop(1000, &flows);
  }
  return Rows(flows);
}

TEST(OrderedStream, IsItsContextsRowsSortedByEndTimeContextAndRow) {
  const FakeGenerator generator;
  const StreamSpec spec = Spec(12, 600);
  OrderedStream stream(&generator, spec, 4096);
  EXPECT_EQ(RunSolo(generator, &stream), Expected(generator, spec, 400));
  EXPECT_EQ(stream.emitted(), 600u);
}

TEST(OrderedStream, NeverDependsOnWhichContextsAreSteppedWhen) {
  const FakeGenerator generator;
  for (const uint32_t hosts : {1u, 2u, 7u, 30u}) {
    const StreamSpec spec = Spec(hosts, 400);
    const std::vector<Flow> expected = Expected(generator, spec, 450);
    for (uint32_t seed = 0; seed < 20; ++seed) {
      OrderedStream stream(&generator, spec, 1 + seed * 17);
      ASSERT_EQ(RunAtRandom(generator, &stream, seed), expected) << hosts << " hosts, seed " << seed;
    }
  }
}

TEST(OrderedStream, KeepsRowsOfEqualEndTimeInContextOrder) {
  FakeGeneratorOptions options;
  options.slowest_gap_s = 0.5;  // most gaps are 0 s
  options.rate_spread = 2;
  const FakeGenerator generator(options);
  const StreamSpec spec = Spec(5, 300);
  const std::vector<Flow> expected = Expected(generator, spec, 1000);
  int ties = 0;
  for (size_t i = 1; i < expected.size(); ++i) ties += expected[i].end_ms == expected[i - 1].end_ms;
  ASSERT_GT(ties, 200);
  for (uint32_t seed = 0; seed < 20; ++seed) {
    OrderedStream stream(&generator, spec, 64);
    ASSERT_EQ(RunAtRandom(generator, &stream, seed), expected);
  }
}

TEST(OrderedStream, EndsWithTheFlowsThatEndBeforeItsDuration) {
  const FakeGenerator generator;
  StreamSpec spec = Spec(9, 0);
  spec.rows.reset();
  spec.duration_ms = 90000;
  const std::vector<Flow> expected = Expected(generator, spec, 400);
  ASSERT_GT(expected.size(), 100u);
  for (uint32_t seed = 0; seed < 20; ++seed) {
    OrderedStream stream(&generator, spec, 40);
    ASSERT_EQ(RunAtRandom(generator, &stream, seed), expected);
  }
}

TEST(OrderedStream, OfADurationIsThePrefixOfTheSameStreamWithoutEnd) {
  const FakeGenerator generator;
  StreamSpec spec = Spec(9, 0);
  spec.rows.reset();
  spec.duration_ms = 60000;
  OrderedStream stream(&generator, spec, 256);
  const std::vector<Flow> flows = RunSolo(generator, &stream);
  OrderedStream longer(&generator, Spec(9, flows.size()), 256);
  EXPECT_EQ(RunSolo(generator, &longer), flows);
}

TEST(OrderedStream, GivesHostsTheAddressesAfterTheNetworksFirst) {
  const FakeGenerator generator;
  StreamSpec spec = Spec(3, 100);
  spec.home = Cidr{0xC0A80100, 24};
  OrderedStream stream(&generator, spec, 64);
  int homes[4] = {0, 0, 0, 0};
  for (const Flow& flow : RunSolo(generator, &stream)) {
    for (uint32_t i = 0; i < 4; ++i) {
      homes[i] += flow.source_address == 0xC0A80101 + i || flow.destination_address == 0xC0A80101 + i;
    }
  }
  EXPECT_GT(std::min({homes[0], homes[1], homes[2]}), 0);
  EXPECT_EQ(homes[3], 0);
  EXPECT_EQ(homes[0] + homes[1] + homes[2], 100);
}

TEST(OrderedStream, HoldsNoMoreRowsThanItsLookAhead) {
  const FakeGenerator generator;
  for (const uint64_t look_ahead : {1u, 50u, 400u}) {
    const uint64_t bound = std::max<uint64_t>(look_ahead, 40);
    OrderedStream stream(&generator, Spec(40, 5000), look_ahead);
    StreamStepper stepper(&generator, &stream);
    FlowTable flows;
    uint64_t most = 0;
    while (!stream.done()) {
      ASSERT_TRUE(stepper.Step().ok());
      stream.Pop(1000000, &flows);
      most = std::max(most, stream.waiting());
    }
    EXPECT_LE(most, bound);
    EXPECT_GT(most, bound / 2) << "the look-ahead is not used";
  }
}

TEST(OrderedStream, StopsAskingForRowsWhenNobodyPops) {
  const FakeGenerator generator;
  OrderedStream stream(&generator, Spec(40, 50000), 400);
  StreamStepper stepper(&generator, &stream);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(stepper.Step().ok());
  EXPECT_EQ(stream.due(), 0u);
  EXPECT_EQ(stream.waiting(), 400u);
}

TEST(OrderedStream, MakesLittleMoreThanItsExtent) {
  for (const uint64_t rows : {100u, 3000u, 30000u}) {
    const FakeGenerator generator;
    OrderedStream stream(&generator, Spec(40, rows), 1000000);
    EXPECT_EQ(RunSolo(generator, &stream).size(), rows);
    // The look-ahead and what one last step of every host adds.
    EXPECT_LE(generator.rows(), rows + rows / 16 + 2 * 40);
  }
}

TEST(OrderedStream, TakesThoseFurthestBehindFirst) {
  const FakeGenerator generator;
  OrderedStream stream(&generator, Spec(40, 50000), 400);
  StreamStepper stepper(&generator, &stream);
  FlowTable flows;
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(stepper.Step().ok());
    stream.Pop(1000, &flows);
  }
  std::vector<Context*> due;
  stream.TakeDue(stream.due(), &due);
  ASSERT_GT(due.size(), 2u);
  for (size_t i = 1; i < due.size(); ++i) EXPECT_GE(due[i]->clock_ms(), due[i - 1]->clock_ms());
}

TEST(OrderedStream, SaysBeforehandHowManyAreDue) {
  const FakeGenerator generator;
  OrderedStream stream(&generator, Spec(20, 2000), 100);
  FlowTable flows;
  while (!stream.done()) {
    const size_t announced = stream.due();
    ASSERT_GT(announced, 0u) << "a stream that is not done must have a context that is due";
    std::vector<Context*> due;
    stream.TakeDue(1000, &due);
    ASSERT_EQ(due.size(), announced);
    std::vector<HostRow> rows(due.size());
    ASSERT_TRUE(generator.Step(due, absl::MakeSpan(rows)).ok());
    for (size_t i = 0; i < due.size(); ++i) stream.Deliver(due[i], rows[i]);
    stream.Pop(1000, &flows);
  }
}

TEST(OrderedStream, StepsManyContextsAtOnceAlthoughTheirRatesDiffer) {
  // No schedule can beat the total rate over the busiest host's rate, which this compares with.
  const FakeGenerator generator;
  const uint32_t hosts = 90;
  OrderedStream stream(&generator, Spec(hosts, 50000), 4096);
  StreamStepper stepper(&generator, &stream);
  FlowTable flows;
  int steps = 0;
  for (; !stream.done(); ++steps) {
    ASSERT_TRUE(stepper.Step().ok());
    stream.Pop(100000, &flows);
  }
  std::vector<uint64_t> of_host(hosts, 0);
  for (const Flow& flow : Rows(flows)) {
    for (const uint32_t address : {flow.source_address, flow.destination_address}) {
      if (address - 0x0A000001 < hosts) ++of_host[address - 0x0A000001];
    }
  }
  EXPECT_LT(steps, 1.25 * *std::max_element(of_host.begin(), of_host.end()));
}

TEST(OrderedStream, ContinuesFromAnySavedState) {
  const FakeGenerator generator;
  for (const bool by_rows : {true, false}) {
    StreamSpec spec = Spec(8, 500);
    if (!by_rows) spec.rows.reset(), spec.duration_ms = 200000;
    OrderedStream whole(&generator, spec, 128);
    const std::vector<Flow> expected = RunSolo(generator, &whole);
    OrderedStream stream(&generator, spec, 128);
    StreamStepper stepper(&generator, &stream);
    std::mt19937 random(3);
    FlowTable flows;
    while (!stream.done()) {
      ASSERT_TRUE(stepper.Step().ok());
      stream.Pop(random() % 20, &flows);
      std::string state;
      stream.Save(&state);
      auto restored = OrderedStream::Restore(&generator, spec, random() % 300, state);
      ASSERT_TRUE(restored.ok()) << restored.status();
      ASSERT_EQ((*restored)->emitted(), flows.size());
      std::vector<Flow> all = Rows(flows);
      for (const Flow& flow : RunAtRandom(generator, restored->get(), random())) all.push_back(flow);
      ASSERT_EQ(all, expected);
    }
  }
}

TEST(OrderedStream, RefusesAStateThatIsDamagedOrOfAnotherStream) {
  const FakeGenerator generator;
  OrderedStream stream(&generator, Spec(4, 500), 64);
  StreamStepper stepper(&generator, &stream);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(stepper.Step().ok());
  std::string state;
  stream.Save(&state);
  const auto code = [&](const StreamSpec& spec, std::string_view bytes) {
    return OrderedStream::Restore(&generator, spec, 64, bytes).status().code();
  };
  EXPECT_EQ(code(Spec(4, 500), state), absl::StatusCode::kOk);
  for (size_t n = 0; n < state.size(); ++n) {
    ASSERT_EQ(code(Spec(4, 500), state.substr(0, n)), absl::StatusCode::kDataLoss) << n;
  }
  EXPECT_EQ(code(Spec(4, 500), state + "x"), absl::StatusCode::kDataLoss);
  EXPECT_EQ(code(Spec(5, 500), state), absl::StatusCode::kDataLoss);
  EXPECT_EQ(code(Spec(4, 501), state), absl::StatusCode::kDataLoss);
  EXPECT_EQ(code(Spec(4, 500, 8), state), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace stanflow
