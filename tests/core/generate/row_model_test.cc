#include "core/generate/row_model.h"

#include "core/generate/ordered_stream.h"
#include "gtest/gtest.h"
#include "tests/support/stream_stepper.h"

namespace stanflow {
namespace {

// Draws what shows all that a row may depend on: its key and the row before.
class ChainModel final : public ScoredRowModel {
 public:
  HostRow Draw(DrawKey key, int64_t clock_ms, const HostRow* previous) const override {
    HostRow row;
    row.time_delta_s = static_cast<uint32_t>(Uniform2(key)[0] * 10);
    row.end_ms = clock_ms + int64_t{1000} * row.time_delta_s;
    row.packets = 1 + static_cast<uint64_t>(Uniform2(key)[1] * 1000);
    row.bytes = row.packets + (previous == nullptr ? 0 : previous->packets);
    return row;
  }
  RowNats Score(const HostRow& row, const HostRow* previous) const override {
    RowNats nats;
    nats.paper_bytes = static_cast<float>(row.bytes - (previous == nullptr ? 0 : previous->packets));
    return nats;
  }
  uint64_t memory_bytes() const override { return 123; }
};

std::unique_ptr<Generator> TestGenerator() {
  GeneratorInfo info;
  info.preset = "chain";
  info.training_hosts = 7;
  return MakeRowGenerator(std::make_shared<const ChainModel>(), info);
}

std::vector<HostRow> Rows(const Generator& generator, Context* context, int count) {
  std::vector<HostRow> out(count);
  for (HostRow& row : out) EXPECT_TRUE(generator.Step({&context, 1}, {&row, 1}).ok());
  return out;
}

TEST(RowGenerator, AContextsRowsDoNotDependOnItsNeighbours) {
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

TEST(RowGenerator, ClocksNeverGoBackAndStartWhereTheyAreTold) {
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

TEST(RowGenerator, ARestoredContextGoesOnAsTheSavedOne) {
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

TEST(RowGenerator, FollowsRowsAsIfItHadDrawnThem) {
  const auto generator = TestGenerator();
  const auto drawn = generator->NewContext({9, 8, 7, 6000}), led = generator->NewContext({9, 8, 7, 6000});
  for (const HostRow& row : Rows(*generator, drawn.get(), 11)) {
    Context* context = led.get();
    ASSERT_TRUE(generator->Follow({&context, 1}, {&row, 1}).ok());
  }
  const auto copy = led->Copy();
  const std::vector<HostRow> next = Rows(*generator, drawn.get(), 15);
  EXPECT_EQ(Rows(*generator, led.get(), 15), next);
  EXPECT_EQ(Rows(*generator, copy.get(), 15), next);
}

TEST(RowGenerator, AForeignOrShortStateIsRefused) {
  const auto generator = TestGenerator();
  std::string state;
  generator->NewContext({1, 0, 0, 0})->Save(&state);
  EXPECT_TRUE(absl::IsDataLoss(generator->RestoreContext(state.substr(1)).status()));
  EXPECT_TRUE(absl::IsDataLoss(generator->RestoreContext(state + "x").status()));
  state[0] ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(generator->RestoreContext(state).status()));
}

TEST(RowGenerator, MoreThanATileIsRefused) {
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

TEST(RowGenerator, AStreamOfItIsInOrderOfTime) {
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

TEST(RowGenerator, ARowSeesTheOneBeforeItOfItsContextAndTheFirstSeesNone) {
  const auto generator = TestGenerator();
  const auto context = generator->NewContext({1, 0, 0, 0});
  const std::vector<HostRow> rows = Rows(*generator, context.get(), 20);
  EXPECT_EQ(rows[0].bytes, rows[0].packets);
  for (size_t i = 1; i < rows.size(); ++i) EXPECT_EQ(rows[i].bytes, rows[i].packets + rows[i - 1].packets);
}

TEST(RowGenerator, SaysWhatItIs) {
  const auto generator = TestGenerator();
  EXPECT_EQ(generator->info().preset, "chain");
  EXPECT_EQ(generator->info().training_hosts, 7);
  EXPECT_EQ(generator->info().memory_bytes, 123);
  EXPECT_EQ(generator->info().device, "cpu");
}

TEST(RowScorer, ShowsEachRowTheOneBeforeItInItsContext) {
  const auto generator = TestGenerator();
  const auto context = generator->NewContext({1, 0, 0, 0});
  const std::vector<HostRow> rows = Rows(*generator, context.get(), 5);
  std::vector<RowNats> nats(rows.size());
  const auto scorer = MakeRowScorer(std::make_shared<const ChainModel>());
  ASSERT_TRUE(scorer->Score(rows, absl::MakeSpan(nats)).ok());
  for (size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(nats[i].paper_bytes, rows[i].packets);
  EXPECT_TRUE(absl::IsInvalidArgument(scorer->Score(rows, absl::MakeSpan(nats).subspan(1))));
}

}  // namespace
}  // namespace stanflow
