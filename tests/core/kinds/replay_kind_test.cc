#include "gmock/gmock.h"
#include "tests/core/kinds/kind_testing.h"

namespace stanflow {
namespace {

class ReplayKind : public KindTest {};

TEST_F(ReplayKind, KeepsEveryRowTheHoldOutsToo) {
  const auto dataset = Data("hours=odd");
  const auto figures = kReplayKind.train(Task(*dataset));
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ((*figures)["training_rows"], dataset->size());
  EXPECT_EQ(Manifest()["training_rows"], dataset->size());
  EXPECT_EQ(Manifest()["holdout"], "none");
  EXPECT_TRUE(Manifest()["validation_nats"].is_null());
}

TEST_F(ReplayKind, StreamsAllHostsUnlessToldOtherwise) {
  const auto dataset = Data();
  ASSERT_TRUE(kReplayKind.train(Task(*dataset)).ok());
  const auto generator = kReplayKind.load_generator(bundle(), "cpu");
  ASSERT_TRUE(generator.ok()) << generator.status();
  EXPECT_EQ((*generator)->info().default_hosts, dataset->hosts().size());
  EXPECT_EQ(Manifest()["default_hosts"], dataset->hosts().size());
  EXPECT_EQ((*generator)->info().default_start_ms, kMidnight);
}

TEST_F(ReplayKind, AContextIsItsHostsOwnRows) {
  const auto dataset = Data();
  ASSERT_TRUE(kReplayKind.train(Task(*dataset)).ok());
  const auto generator = kReplayKind.load_generator(bundle(), "cpu").value();
  const Dataset::Host& host = dataset->hosts()[2];
  const std::vector<HostRow> rows =
      Draw(*generator, {/*seed=*/9, 0, /*context=*/2, kMidnight}, static_cast<int>(host.end - host.begin));
  for (uint64_t i = host.begin; i < host.end; ++i) {
    EXPECT_EQ(ToFlow(rows[i - host.begin], host.address), dataset->Row(i)) << i;
  }
}

TEST_F(ReplayKind, KnowsNoLikelihoodAndHasNoOptions) {
  EXPECT_EQ(kReplayKind.load_scorer, nullptr);
  EXPECT_TRUE(absl::IsInvalidArgument(kReplayKind.complete_options({{"width", "3"}}).status()));
}

}  // namespace
}  // namespace stanflow
