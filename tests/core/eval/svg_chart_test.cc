#include "core/eval/svg_chart.h"

#include <cmath>

#include "core/eval/svg_heat_map.h"
#include "core/eval/svg_line_chart.h"
#include "core/eval/svg_parts.h"
#include "core/eval/svg_scatter.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(SvgChart, SharesLieOnALogarithmicAxisAndRareOnesOnItsLowerEnd) {
  const std::string svg = BinChart("bytes", "bytes", Scale::kLn, {1, 10, 100, 1000},
                                   {{"synthetic", "synthetic", {1.0, 0.1, 1e-9}}});
  // Plot: y from 26 (100 %) to 208 (0.001 %), 36.4 a decade; x from 56 to 408.
  EXPECT_THAT(svg, HasSubstr("M56.0 208.0V26.0H173.3V62.4H290.7V208.0H408.0V208.0\""));
  EXPECT_THAT(svg, HasSubstr("bytes, bytes (log axis)"));
  EXPECT_THAT(svg, HasSubstr(">synthetic</text>"));
}

TEST(SvgChart, CategoriesShowTheirShareAndEscapeTheirNames) {
  const std::string svg = CategoryChart("protocol", {"<TCP>", "UDP"}, {{"real", "real", {0.75, 0.25}}});
  EXPECT_THAT(svg, HasSubstr("&lt;TCP&gt;"));
  EXPECT_THAT(svg, HasSubstr("75.00 %"));
}

TEST(LineChart, HasPointsAtEqualDistancesWithBarsAndGapsWhereThereIsNoNumber) {
  const std::string svg = LineChart({"f1", "share <real>", "F1", {"1", "0.5", "0.1", "0"}},
                                    {{"real", "real", {1, 0.5, NAN, 0}, {0.1, 0, 0, NAN}}});
  // Plot: x from 52 to 406 in four parts; y from 42 (1.144, the upmost bar and a margin) to 208 (-0.044).
  EXPECT_THAT(svg, HasSubstr("d=\"M96.2 62.1L184.8 132.0M361.8 201.9\""));
  EXPECT_THAT(svg, HasSubstr("<line class=\"bar real\""));
  EXPECT_THAT(svg, HasSubstr("share &lt;real&gt;"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_EQ(LineChart({"f1", "", "", {"1"}}, {{"real", "real", {NAN}, {}}}), "");
}

TEST(HeatMap, ShadesByTheShareOfTheTopAndLeavesOutWhatIsNoNumber) {
  const std::string svg = HeatMap({"pairs", "nats", {"a", "b&c"}}, {{NAN, 0.5}, {-0.25, NAN}}, 0.5);
  EXPECT_THAT(svg, HasSubstr("fill-opacity=\"1.000\"><title>a, b&amp;c: 0.5000</title>"));
  EXPECT_THAT(svg, HasSubstr("fill-opacity=\"0.500\"><title>b&amp;c, a: -0.2500</title>"));
  EXPECT_THAT(svg, HasSubstr(">-0.5</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

TEST(HeatMap, NeedNotBeSquare) {
  const std::string svg =
      HeatMap({"joint", "share", {"a"}, {"x", "y"}}, {std::vector<double>{0.5, 0.25}}, 0.5);
  EXPECT_THAT(svg, HasSubstr("<title>a, x: 0.5000</title>"));
  EXPECT_THAT(svg, HasSubstr("<title>a, y: 0.2500</title>"));
}

TEST(LineChart, AFlatLineHasAnAxisThatCanBeRead) {
  const std::string svg =
      LineChart({"windows", "place", "share", {"a", "b"}}, {{"real", "real", {0, 0}, {}}});
  EXPECT_THAT(svg, HasSubstr(">0.1</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("e-")));
}

TEST(LineChart, ALogarithmicAxisSpreadsWhatDiffersByOrdersOfMagnitude) {
  LineChartText text{"errors", "share", "error", {"1", "0.1", "0"}, true};
  const LineSeries line{"real", "real", {2, 20, 2000}, {1, 30, 100}};
  const std::string chart = LineChart(text, {line});
  for (const char* tick : {">10<", ">100<"}) EXPECT_NE(chart.find(tick), std::string::npos) << tick;
  // Points lie at equal distances for equal factors.
  std::vector<double> y;
  for (size_t at = chart.find("cy=\""); at != std::string::npos; at = chart.find("cy=\"", at + 1))
    y.push_back(std::stod(chart.substr(at + 4)));
  ASSERT_EQ(y.size(), 3);
  EXPECT_NEAR((y[1] - y[2]) / (y[0] - y[1]), 2, 0.05);
  EXPECT_EQ(LineChart(text, {{"real", "real", {0, 1, 2}, {}}}), "") << "0 has no place on it";
}

TEST(LineChart, IsEmptyWhereAPointLiesBelowZeroOnALogarithmicAxis) {
  const LineChartText text{"errors", "share", "error", {"1", "0.1"}, true};
  EXPECT_EQ(LineChart(text, {{"real", "real", {-1, 2}, {0.5, 0.5}}}), "");
  EXPECT_EQ(LineChart(text, {{"real", "real", {2, 3}, {}}, {"synthetic", "synthetic", {1, -0.001}, {}}}), "");
}

TEST(LineChart, ALogarithmicAxisHasTicksBelowOne) {
  const LineChartText text{"errors", "share", "error", {"1", "0.1", "0"}, true};
  const std::string wide = LineChart(text, {{"real", "real", {0.001, 0.01, 20}, {}}});
  for (const char* tick : {">0.001<", ">0.01<", ">1<", ">10<"}) EXPECT_THAT(wide, HasSubstr(tick));
  const std::string small = LineChart(text, {{"real", "real", {1e-6, 1e-5, 0.005}, {}}});
  for (const char* tick : {">1e-05<", ">0.001<"}) EXPECT_THAT(small, HasSubstr(tick));
}

TEST(SvgTicks, AreDecadesOnALogarithmicScaleWhereverItLies) {
  const auto near = [](const std::vector<double>& got, const std::vector<double>& want) {
    ASSERT_EQ(got.size(), want.size());
    for (size_t i = 0; i < got.size(); ++i) EXPECT_DOUBLE_EQ(got[i], want[i]);
  };
  near(SvgTicks(Scale::kLn, 0.002, 0.5), {0.01, 0.1});
  near(SvgTicks(Scale::kLn, 0.5, 200), {1, 10, 100});
  near(SvgTicks(Scale::kLn, 40, 5000), {100, 1000});
  near(SvgTicks(Scale::kLn1p, 0, 50), {0, 1, 10});
}

TEST(ScatterPlot, SetsPointsBetweenItsReachesAndThoseBeyondOnTheEdge) {
  const std::string svg =
      ScatterPlot({"title <t>", "cloud", "x", "y"}, {{0, 0}, {2, -2}, {NAN, 0}, {0, NAN}}, 1);
  // Plot: x from 52 to 406, y from 42 to 208.
  EXPECT_THAT(svg, HasSubstr("cx=\"229.0\" cy=\"125.0\""));
  EXPECT_THAT(svg, HasSubstr("cx=\"406.0\" cy=\"208.0\""));
  EXPECT_THAT(svg, HasSubstr("title &lt;t&gt;"));
  EXPECT_THAT(svg, HasSubstr(">-0.5</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace stanflow
