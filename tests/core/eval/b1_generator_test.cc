#include "core/generate/baselines/b1_generator.h"

#include "core/generate/ordered_stream.h"
#include "gtest/gtest.h"
#include "tests/core/eval/b1_testing.h"
#include "tests/support/stream_stepper.h"

namespace stanflow {
namespace {

std::unique_ptr<B1Generator> TestGenerator() {
  return std::make_unique<B1Generator>(std::make_shared<const B1Model>(TestB1()), 7, 86'400'000);
}

std::vector<HostRow> Rows(const Generator& generator, Context* context, int count) {
  std::vector<HostRow> out(count);
  for (HostRow& row : out) EXPECT_TRUE(generator.Step({&context, 1}, {&row, 1}).ok());
  return out;
}

TEST(B1Generator, AContextsRowsDoNotDependOnItsNeighbours) {
  const auto generator = TestGenerator();
  const auto a = generator->NewContext({1, 2, 0, 500}), b = generator->NewContext({1, 2, 1, 500});
  std::vector<HostRow> together;
  for (int i = 0; i < 20; ++i) {
    Context* both[] = {b.get(), a.get()};
    HostRow rows[2];
    ASSERT_TRUE(generator->Step(both, rows).ok());
    together.push_back(rows[1]);
  }
  const auto alone = generator->NewContext({1, 2, 0, 500});
  EXPECT_EQ(Rows(*generator, alone.get(), 20), together);
}

TEST(B1Generator, ClocksNeverGoBackAndStartWhereTheyAreTold) {
  const auto generator = TestGenerator();
  const auto context = generator->NewContext({1, 0, 0, 5000});
  EXPECT_EQ(context->clock_ms(), 5000);
  int64_t last = 5000;
  for (const HostRow& row : Rows(*generator, context.get(), 200)) {
    EXPECT_GE(row.end_ms, last);
    last = row.end_ms;
  }
  EXPECT_EQ(context->clock_ms(), last);
  EXPECT_EQ(context->rows(), 200);
}

TEST(B1Generator, ARestoredContextGoesOnAsTheSavedOne) {
  const auto generator = TestGenerator();
  const auto context = generator->NewContext({9, 8, 7, 6000});
  Rows(*generator, context.get(), 11);
  std::string state;
  context->Save(&state);
  const auto restored = generator->RestoreContext(state);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ((*restored)->rows(), 11);
  EXPECT_EQ(Rows(*generator, restored->get(), 15), Rows(*generator, context.get(), 15));
}

TEST(B1Generator, AForeignOrShortStateIsRefused) {
  const auto generator = TestGenerator();
  std::string state;
  generator->NewContext({1, 0, 0, 0})->Save(&state);
  EXPECT_TRUE(absl::IsDataLoss(generator->RestoreContext(state.substr(1)).status()));
  EXPECT_TRUE(absl::IsDataLoss(generator->RestoreContext(state + "x").status()));
  state[0] ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(generator->RestoreContext(state).status()));
}

TEST(B1Generator, MoreThanATileIsRefused) {
  const auto generator = TestGenerator();
  std::vector<std::unique_ptr<Context>> owned;
  std::vector<Context*> contexts;
  for (uint32_t i = 0; i <= static_cast<uint32_t>(generator->info().tile_rows); ++i) {
    owned.push_back(generator->NewContext({1, 0, i, 0}));
    contexts.push_back(owned.back().get());
  }
  std::vector<HostRow> rows(contexts.size());
  EXPECT_TRUE(absl::IsInvalidArgument(generator->Step(contexts, absl::MakeSpan(rows))));
}

TEST(B1Generator, AStreamOfItIsInOrderOfTime) {
  const auto generator = TestGenerator();
  StreamSpec spec;
  spec.hosts = 5;
  spec.rows = 300;
  OrderedStream stream(generator.get(), spec, 64);
  StreamStepper stepper(generator.get(), &stream);
  FlowTable flows;
  while (!stream.done()) {
    ASSERT_TRUE(stepper.Step().ok());
    stream.Pop(1000, &flows);
  }
  EXPECT_EQ(flows.size(), 300);
  EXPECT_TRUE(std::is_sorted(flows.end_ms.begin(), flows.end_ms.end()));
}

}  // namespace
}  // namespace stanflow
