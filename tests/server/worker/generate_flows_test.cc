#include "server/worker/generate_flows.h"

#include "core/generate/ordered_stream.h"
#include "gtest/gtest.h"
#include "tests/support/fake_generator.h"
#include "tests/support/stream_stepper.h"

namespace stanflow {
namespace {

StreamSpec Spec(uint64_t rows) {
  StreamSpec spec;
  spec.seed = 3;
  spec.hosts = 40;
  spec.rows = rows;
  return spec;
}

FlowTable OneByOne(const Generator& generator, const StreamSpec& spec) {
  OrderedStream stream(&generator, spec, 64);
  StreamStepper stepper(&generator, &stream);
  FlowTable flows;
  while (!stream.done()) {
    EXPECT_TRUE(stepper.Step().ok());
    stream.Pop(100, &flows);
  }
  return flows;
}

void ExpectEqual(const FlowTable& a, const FlowTable& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) ASSERT_EQ(a.Row(i), b.Row(i)) << i;
}

TEST(GenerateFlows, AreTheStreamsFlowsAtAnyNumberOfThreads) {
  FakeGeneratorOptions options;
  options.tile_rows = 8;
  const FakeGenerator generator(options);
  const FlowTable expected = OneByOne(generator, Spec(1000));
  for (int threads : {1, 3}) {
    GenerateFlowsOptions generate;
    generate.threads = threads;
    const auto flows = GenerateFlows(generator, Spec(1000), generate);
    ASSERT_TRUE(flows.ok()) << flows.status();
    ExpectEqual(*flows, expected);
  }
}

TEST(GenerateFlows, ADurationEndsTheStreamByItsClock) {
  const FakeGenerator generator;
  StreamSpec spec = Spec(1);
  spec.rows.reset();
  spec.duration_ms = 600'000;
  const auto flows = GenerateFlows(generator, spec, {});
  ASSERT_TRUE(flows.ok()) << flows.status();
  EXPECT_GT(flows->size(), 100);
  EXPECT_LT(flows->end_ms.back(), 600'000);
}

TEST(GenerateFlows, AnUnboundedStreamIsRefusedAndALongOneStopped) {
  const FakeGenerator generator;
  StreamSpec endless = Spec(1);
  endless.rows.reset();
  EXPECT_TRUE(absl::IsInvalidArgument(GenerateFlows(generator, endless, {}).status()));
  GenerateFlowsOptions options;
  options.max_rows = 500;
  EXPECT_TRUE(GenerateFlows(generator, Spec(500), options).ok());
  const uint64_t rows_before = generator.rows();
  EXPECT_TRUE(absl::IsInvalidArgument(GenerateFlows(generator, Spec(501), options).status()));
  EXPECT_EQ(generator.rows(), rows_before) << "it was refused before any work";
  StreamSpec long_one = Spec(1);
  long_one.rows.reset();
  long_one.duration_ms = 3'600'000;
  EXPECT_TRUE(absl::IsInvalidArgument(GenerateFlows(generator, long_one, options).status()));
}

TEST(GenerateFlows, StopsWhenAskedAndPassesOnTheModelsError) {
  FakeGeneratorOptions broken;
  broken.on_row = [](const ContextKey&, uint64_t row) {
    return row == 3 ? absl::InternalError("no such row") : absl::OkStatus();
  };
  EXPECT_EQ(GenerateFlows(FakeGenerator(broken), Spec(1000), {}).status(),
            absl::InternalError("no such row"));
  GenerateFlowsOptions options;
  options.stop_requested = [] { return true; };
  EXPECT_TRUE(absl::IsCancelled(GenerateFlows(FakeGenerator(), Spec(1000), options).status()));
}

}  // namespace
}  // namespace stanflow
