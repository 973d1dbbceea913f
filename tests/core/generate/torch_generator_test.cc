#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/generate/causal_generator.h"
#include "core/generate/paper_generator.h"
#include "core/generate/torch_scorer.h"
#include "gtest/gtest.h"
#include "tests/support/sample_rows.h"
#include "tests/support/small_model.h"
#include "tests/support/test_devices.h"

namespace stanflow {
namespace {

std::unique_ptr<Generator> MakeOn(const std::string& device, Preset preset) {
  return preset == Preset::kPaper
             ? MakePaperGenerator(SmallBundle(preset), device).value()
             : MakeCausalGenerator(SmallBundle(preset), device, CausalEngineOf(device)).value();
}

ContextKey Key(uint32_t context) { return {7, 0, context, 1'460'332'800'000}; }

std::vector<HostRow> StepAlone(const Generator& generator, Context* context, int n) {
  std::vector<HostRow> rows(n);
  for (HostRow& row : rows) EXPECT_TRUE(generator.Step({&context, 1}, absl::MakeSpan(&row, 1)).ok());
  return rows;
}

std::vector<HostRow> Alone(const Generator& generator, uint32_t context, int n) {
  return StepAlone(generator, generator.NewContext(Key(context)).get(), n);
}

std::string StateOf(const Context& context) {
  std::string state;
  context.Save(&state);
  return state;
}

class TorchGenerators : public ::testing::TestWithParam<std::tuple<Preset, std::string>> {
 protected:
  static bool paper() { return std::get<0>(GetParam()) == Preset::kPaper; }
  static std::unique_ptr<Generator> Make() {
    return MakeOn(std::get<1>(GetParam()), std::get<0>(GetParam()));
  }
};

TEST_P(TorchGenerators, GiveAContextTheSameRowsAloneAndInAFullTile) {
  const auto generator = Make();
  const int n = generator->info().tile_rows, steps = paper() ? 4 : 100;
  std::vector<std::unique_ptr<Context>> owned;
  std::vector<Context*> contexts;
  for (int i = 0; i < n; ++i) owned.push_back(generator->NewContext(Key(i)));
  // Backwards, so that no context keeps the place in the tile that it has alone.
  for (int i = n - 1; i >= 0; --i) contexts.push_back(owned[i].get());
  std::vector<std::vector<HostRow>> together(n);
  std::vector<HostRow> rows(n);
  for (int s = 0; s < steps; ++s) {
    ASSERT_TRUE(generator->Step(contexts, absl::MakeSpan(rows)).ok());
    for (int i = 0; i < n; ++i) together[n - 1 - i].push_back(rows[i]);
  }
  for (int i : {0, n / 3, n - 1}) {
    const auto alone = generator->NewContext(Key(i));
    EXPECT_EQ(together[i], StepAlone(*generator, alone.get(), steps)) << "context " << i;
    // To the bit: a difference that changes no draw yet would change a later one.
    EXPECT_TRUE(StateOf(*owned[i]) == StateOf(*alone)) << "context " << i << " remembers something else";
  }
}

TEST_P(TorchGenerators, GoOnFromASavedContextAsIfNothingHadHappened) {
  const auto generator = Make();
  const int half = paper() ? 3 : 60;
  const std::vector<HostRow> whole = Alone(*generator, 3, 2 * half);
  auto context = generator->NewContext(Key(3));
  std::vector<HostRow> rows;
  for (int r = 0; r < 2 * half; ++r) {
    if (r == half) {
      std::string state;
      context->Save(&state);
      context = generator->RestoreContext(state).value();
      EXPECT_EQ(context->rows(), static_cast<uint64_t>(half));
    }
    Context* const contexts[] = {context.get()};
    rows.emplace_back();
    ASSERT_TRUE(generator->Step(contexts, absl::MakeSpan(&rows.back(), 1)).ok());
  }
  EXPECT_EQ(rows, whole);
}

TEST_P(TorchGenerators, FollowRowsAsIfTheyHadDrawnThem) {
  const auto generator = Make();
  const auto drawn = generator->NewContext(Key(3)), led = generator->NewContext(Key(3));
  for (const HostRow& row : StepAlone(*generator, drawn.get(), paper() ? 7 : 90)) {
    Context* const contexts[] = {led.get()};
    ASSERT_TRUE(generator->Follow(contexts, {&row, 1}).ok());
    EXPECT_EQ(led->clock_ms(), row.end_ms);
  }
  EXPECT_TRUE(StateOf(*led) == StateOf(*drawn)) << "to the bit";
}

TEST_P(TorchGenerators, GoOnFromACopyWithoutTouchingItsOriginal) {
  const auto generator = Make();
  const auto original = generator->NewContext(Key(3));
  StepAlone(*generator, original.get(), 3);
  const std::string before = StateOf(*original);
  const auto copy = original->Copy();
  const std::vector<HostRow> rows = StepAlone(*generator, copy.get(), 3);
  EXPECT_TRUE(StateOf(*original) == before);
  EXPECT_EQ(StepAlone(*generator, original.get(), 3), rows);
}

TEST_P(TorchGenerators, RefuseAStateThatIsNotTheirs) {
  EXPECT_EQ(Make()->RestoreContext("nonsense").status().code(), absl::StatusCode::kDataLoss);
}

TEST_P(TorchGenerators, MoveTheClockByTheDeltasTheyDraw) {
  const auto generator = Make();
  int64_t clock = Key(0).start_ms;
  for (const HostRow& row : Alone(*generator, 0, 5)) {
    clock += int64_t{1000} * row.time_delta_s;
    EXPECT_EQ(row.end_ms, clock);
  }
}

TEST_P(TorchGenerators, RefuseMoreThanATile) {
  const auto generator = Make();
  std::vector<std::unique_ptr<Context>> owned;
  std::vector<Context*> contexts;
  for (uint32_t i = 0; i <= static_cast<uint32_t>(generator->info().tile_rows); ++i) {
    owned.push_back(generator->NewContext(Key(i)));
    contexts.push_back(owned.back().get());
  }
  std::vector<HostRow> rows(contexts.size());
  EXPECT_EQ(generator->Step(contexts, absl::MakeSpan(rows)).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(owned[0]->rows(), 0u);
}

TEST_P(TorchGenerators, MakeNothingOfNoContext) { EXPECT_TRUE(Make()->Step({}, {}).ok()); }

INSTANTIATE_TEST_SUITE_P(PresetsAndDevices, TorchGenerators,
                         ::testing::Combine(::testing::Values(Preset::kCausal, Preset::kPaper),
                                            ::testing::ValuesIn(TestDevices())),
                         [](const auto& info) {
                           return PresetName(std::get<0>(info.param)) + DeviceInName(std::get<1>(info.param));
                         });

// Of a model whose training sequences were hours of the clock.
std::unique_ptr<Generator> MakeOfHours() {
  Bundle bundle = SmallBundle(Preset::kCausal);
  bundle.info.holdout = "hours=odd";
  return MakeCausalGenerator(std::move(bundle), "cpu", CausalEngine::kOwn).value();
}

// Rows of an hour, and the first one of the next hour.
std::vector<HostRow> RowsOverAnHour(uint32_t salt) {
  std::vector<HostRow> rows = SampleRows(11, salt);
  rows.back().end_ms = Key(0).start_ms + 3'600'000;
  return rows;
}

// What a context draws after it was led over `rows`.
std::vector<HostRow> AfterFollowing(const Generator& generator, const std::vector<HostRow>& rows) {
  const auto context = generator.NewContext(Key(0));
  Context* const contexts[] = {context.get()};
  for (const HostRow& row : rows) EXPECT_TRUE(generator.Follow(contexts, {&row, 1}).ok());
  return StepAlone(generator, context.get(), 20);
}

TEST(CausalHours, AModelOfHoursKnowsNothingOfTheHourBefore) {
  std::vector<HostRow> one = RowsOverAnHour(1), other = RowsOverAnHour(2);
  other.back() = one.back();
  const auto hours = MakeOfHours(), whole = MakeOn("cpu", Preset::kCausal);
  EXPECT_EQ(AfterFollowing(*hours, one), AfterFollowing(*hours, other));
  EXPECT_NE(AfterFollowing(*whole, one), AfterFollowing(*whole, other));
}

TEST(CausalHours, AWaitOverTheBorderIsDrawnAgainFromTheNextHoursStart) {
  constexpr int64_t kHour = 3'600'000;
  const auto generator = MakeOfHours();
  int hours_begun = 0;
  int64_t clock = Key(0).start_ms;
  for (const HostRow& row : Alone(*generator, 0, 400)) {
    const bool begun = row.end_ms / kHour > clock / kHour;
    const int64_t from = begun ? row.end_ms / kHour * kHour : clock;
    EXPECT_EQ(row.end_ms, from + int64_t{1000} * row.time_delta_s);
    hours_begun += begun;
    clock = row.end_ms;
  }
  EXPECT_GE(hours_begun, 2);
}

TEST(CausalHours, FollowingOverABorderIsAsDrawingOverIt) {
  const auto generator = MakeOfHours();
  const auto drawn = generator->NewContext(Key(3)), led = generator->NewContext(Key(3));
  Context* const contexts[] = {led.get()};
  const std::vector<HostRow> rows = StepAlone(*generator, drawn.get(), 200);
  ASSERT_GE(rows.back().end_ms, Key(3).start_ms + 3'600'000);
  for (const HostRow& row : rows) ASSERT_TRUE(generator->Follow(contexts, {&row, 1}).ok());
  EXPECT_TRUE(StateOf(*led) == StateOf(*drawn)) << "to the bit";
}

TEST(CausalHours, ATileThatPassesBordersGivesEachContextItsOwnRows) {
  const auto generator = MakeOfHours();
  std::vector<std::unique_ptr<Context>> owned;
  std::vector<Context*> contexts;
  for (int i = 0; i < 5; ++i) contexts.push_back(owned.emplace_back(generator->NewContext(Key(i))).get());
  std::vector<std::vector<HostRow>> together(5);
  std::vector<HostRow> rows(5);
  for (int s = 0; s < 200; ++s) {
    ASSERT_TRUE(generator->Step(contexts, absl::MakeSpan(rows)).ok());
    for (int i = 0; i < 5; ++i) together[i].push_back(rows[i]);
  }
  for (int i = 0; i < 5; ++i) EXPECT_EQ(together[i], Alone(*generator, i, 200)) << "context " << i;
}

struct Path {
  CausalEngine engine = CausalEngine::kOwn;
  std::string device = "cpu";
};

std::vector<Path> Paths() {
  std::vector<Path> paths = {{CausalEngine::kOwn, "cpu"}};
  for (const std::string& device : TestDevices()) paths.push_back({CausalEngine::kLibTorch, device});
  return paths;
}

// The dense path, and the row-by-row one on each of its engines and devices.
class CausalPaths : public ::testing::TestWithParam<std::tuple<Mask, Path>> {};

TEST_P(CausalPaths, DenseAndRowByRowAgreeInLogLikelihood) {
  const auto& [mask, path] = GetParam();
  const auto dense = MakeTorchScorer(SmallBundle(Preset::kCausal, mask), path.device).value();
  const auto stepping =
      MakeCausalSteppingScorer(SmallBundle(Preset::kCausal, mask), path.device, path.engine).value();
  // Longer than the reach of the trunk, so that every ring goes round.
  const std::vector<HostRow> rows = SampleRows(200, /*salt=*/5);
  std::vector<RowNats> a(rows.size()), b(rows.size());
  ASSERT_TRUE(dense->Score(rows, absl::MakeSpan(a)).ok());
  ASSERT_TRUE(stepping->Score(rows, absl::MakeSpan(b)).ok());
  for (size_t r = 0; r < rows.size(); ++r) {
    for (int i = 0; i < kNumAttributes; ++i) {
      // Weights that were never trained give up to 190 nats: of those, LibTorch's products keep six places.
      const double bound =
          path.engine == CausalEngine::kOwn ? 1e-4 : std::max(1e-4, 1e-6 * double{a[r].exact[i]});
      EXPECT_NEAR(a[r].exact[i], b[r].exact[i], bound) << "row " << r << " " << kAttributeNames[i];
    }
  }
}

std::string PathName(const ::testing::TestParamInfo<std::tuple<Mask, Path>>& info) {
  const auto& [mask, path] = info.param;
  return std::string(mask == Mask::kA ? "A" : "B") +
         (path.engine == CausalEngine::kOwn ? "Own" : "LibTorch") + DeviceInName(path.device);
}

INSTANTIATE_TEST_SUITE_P(MasksAndPaths, CausalPaths,
                         ::testing::Combine(::testing::Values(Mask::kA, Mask::kB),
                                            ::testing::ValuesIn(Paths())),
                         PathName);

TEST(TorchScorer, ScoresLongContextsInPassesAsInOne) {
  const auto scorer = MakeTorchScorer(SmallBundle(Preset::kCausal), "cpu").value();
  const std::vector<HostRow> rows = SampleRows(2200);
  std::vector<RowNats> whole(rows.size());
  ASSERT_TRUE(scorer->Score(rows, absl::MakeSpan(whole)).ok());
  // The second pass's rows, with only the trunk's reach before them.
  constexpr size_t kSecondPass = 2048, kReach = 81;
  std::vector<RowNats> part(rows.size() - kSecondPass + kReach);
  ASSERT_TRUE(scorer->Score(absl::MakeConstSpan(rows).last(part.size()), absl::MakeSpan(part)).ok());
  for (size_t r = kSecondPass; r < rows.size(); ++r) {
    for (int i = 0; i < kNumAttributes; ++i) {
      EXPECT_NEAR(whole[r].exact[i], part[r - kSecondPass + kReach].exact[i], 1e-4);
    }
  }
}

}  // namespace
}  // namespace stanflow
