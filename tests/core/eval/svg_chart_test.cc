#include "core/eval/svg_chart.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

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

}  // namespace
}  // namespace stanflow
