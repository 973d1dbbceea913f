#include "core/eval/comparison.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/eval/eval_testing.h"

namespace stanflow {
namespace {

EvalRows Hourly(const std::vector<int>& rows, uint64_t seed) {
  return EvalRowsOf(HourlyFlows(rows, 4, seed), TestHomes());
}

HourShares Hours(const std::vector<double>& counts) {
  HourShares out{};
  std::copy(counts.begin(), counts.end(), out.begin());
  return out;
}

TEST(Draw, GivesRowsTheWeightOfTheirClockHourAndTheirNumberInAll) {
  const EvalRows rows = Hourly({10, 30}, 1);
  const Side side = Weighted(rows, AllOf(rows.size()), Hours({30, 10}));
  const Sample sample = Draw(side, rows.size(), {1, 2, 3});
  ASSERT_EQ(sample.rows.size(), 40);
  double first_hour = 0, all = 0;
  for (size_t i = 0; i < sample.rows.size(); ++i) {
    all += sample.weights[i];
    if (rows.ClockHour(sample.rows[i]) == 0) first_hour += sample.weights[i];
  }
  EXPECT_NEAR(all, 40, 1e-9);
  EXPECT_NEAR(first_hour, 30, 1e-9);
  EXPECT_EQ(Draw(side, 7, {1, 2, 3}).rows.size(), 7);
}

TEST(Weighted, LeavesOutTheRowsOfHoursThatTheOtherSetHasNot) {
  const EvalRows rows = Hourly({10, 30, 5}, 1);
  const Side side = Weighted(rows, AllOf(rows.size()), Hours({1, 0, 1}));
  EXPECT_EQ(side.pool.size(), 15);
  for (uint32_t i : side.pool) EXPECT_NE(rows.ClockHour(i), 1);
  EXPECT_EQ(Unweighted(rows, AllOf(rows.size())).pool.size(), 45);
}

class Comparing : public ::testing::Test {
 protected:
  Comparing() {
    input_.real = &real_;
    input_.synthetic = &synthetic_;
    input_.b1 = &b1_;
  }
  Comparisons Sides(int repeats) const {
    return Compare(input_, HostHoursOf(real_),
                   {AllOf(real_.size()), AllOf(synthetic_.size()), AllOf(b1_.size())}, repeats);
  }

  const EvalRows real_ = Hourly({400, 600}, 1), synthetic_ = Hourly({500}, 2), b1_ = Hourly({0, 50}, 3);
  EvalInput input_;
};

TEST_F(Comparing, RealRowsHaveTheHoursOfTheSetTheyStandBeside) {
  const Comparisons sides = Sides(2);
  EXPECT_EQ(sides.synthetic.a.rows, &synthetic_);
  EXPECT_EQ(sides.synthetic.a.pool.size(), 500);
  EXPECT_EQ(sides.synthetic.b.pool.size(), 400);
  ASSERT_EQ(sides.b1.size(), 1);
  EXPECT_EQ(sides.b1[0].a.pool.size(), 50);
  EXPECT_EQ(sides.b1[0].b.pool.size(), 600);
  EXPECT_EQ(sides.borrowed, 0);
}

TEST_F(Comparing, HalvesAreDisjointWholeHostHoursOfTheSyntheticRowsHours) {
  const Comparisons sides = Sides(3);
  ASSERT_EQ(sides.halves.size(), 3);
  for (const Comparison& halves : sides.halves) {
    EXPECT_EQ(halves.a.pool.size() + halves.b.pool.size(), 400);
    for (uint32_t i : halves.a.pool) {
      EXPECT_EQ(real_.ClockHour(i), 0);
      EXPECT_FALSE(std::binary_search(halves.b.pool.begin(), halves.b.pool.end(), i));
    }
  }
}

TEST_F(Comparing, TheSmallestPoolIsThatOfAnySide) {
  EXPECT_EQ(Sides(2).SmallestPool(), 50);
  input_.b1 = nullptr;
  const Comparisons sides = Sides(1);
  EXPECT_EQ(sides.SmallestPool(), std::min(sides.halves[0].a.pool.size(), sides.halves[0].b.pool.size()));
  EXPECT_EQ(Sides(0).SmallestPool(), 400);
}

TEST_F(Comparing, AnHourThatTheRealSetLacksIsBorrowed) {
  const EvalRows later = Hourly({100, 0, 300}, 4);
  input_.synthetic = &later;
  const Comparisons sides =
      Compare(input_, HostHoursOf(real_), {AllOf(real_.size()), AllOf(later.size()), AllOf(b1_.size())}, 1);
  EXPECT_DOUBLE_EQ(sides.borrowed, 0.75);
  EXPECT_EQ(sides.synthetic.b.pool.size(), 1000);
}

TEST_F(Comparing, EveryDrawHasChoicesOfItsOwnButB1ThoseOfTheSyntheticRows) {
  const Comparisons sides = Sides(2);
  std::string order;
  std::vector<uint32_t> purposes, repeats;
  const absl::Status status = ForEachDraw(input_, sides, 2, 90, [&](const ComparedDraw& draw) {
    order += draw.which == Compared::kSynthetic ? 's' : draw.which == Compared::kHalves ? 'h' : 'b';
    purposes.insert(purposes.end(), {draw.a.purpose, draw.b.purpose});
    repeats.push_back(draw.a.repeat);
    EXPECT_EQ(draw.a.seed, input_.options.seed);
    EXPECT_EQ(draw.b.repeat, draw.a.repeat);
    if (draw.which == Compared::kHalves) {
      EXPECT_EQ(&draw.sides, &sides.halves[draw.a.repeat]);
    }
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(order, "shbshb");
  EXPECT_EQ(purposes, (std::vector<uint32_t>{90, 91, 92, 93, 90, 91, 90, 91, 92, 93, 90, 91}));
  EXPECT_EQ(repeats, (std::vector<uint32_t>{0, 0, 0, 1, 1, 1}));
}

TEST_F(Comparing, IsStoppedBeforeTheNextDraw) {
  int draws = 0;
  input_.stop_requested = [&draws] { return draws == 2; };
  const absl::Status status = ForEachDraw(input_, Sides(4), 4, 90, [&](const ComparedDraw&) { ++draws; });
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_EQ(draws, 2);
}

TEST(AddSummary, TakesMeansOverTheDrawsThatFoundANumber) {
  nlohmann::json out;
  AddSummary({{1, 3, NAN}, {0.5, 1.5}, {7}}, {}, &out);
  EXPECT_EQ(out, (nlohmann::json{{"value", 2.0}, {"floor", 1.0}, {"floor_sd", std::sqrt(0.5)}, {"b1", 7.0}}));
}

TEST(AddSummary, WritesNullForWhatIsNotThereAndNothingForAnAbsentB1) {
  nlohmann::json out;
  AddSummary({{NAN}, {}, {}}, {"last", "last_floor", "b1_last"}, &out);
  EXPECT_EQ(out, (nlohmann::json{{"last", nullptr}, {"last_floor", nullptr}, {"last_floor_sd", nullptr}}));
}

}  // namespace
}  // namespace stanflow
