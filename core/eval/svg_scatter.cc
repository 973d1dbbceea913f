#include "core/eval/svg_scatter.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "core/eval/svg_parts.h"

namespace stanflow {
namespace {

constexpr double kLeft = 52, kRight = 14, kTop = 42, kBottom = 42;
constexpr double kPlotWidth = kSvgWidth - kLeft - kRight, kPlotHeight = kSvgHeight - kTop - kBottom;

// Where a value lies on an axis, 0 to 1.
double Place(double value, double reach) { return (std::clamp(value, -reach, reach) + reach) / (2 * reach); }
double X(double value, double reach) { return kLeft + kPlotWidth * Place(value, reach); }
double Y(double value, double reach) { return kTop + kPlotHeight * (1 - Place(value, reach)); }

std::string Axes(const ScatterText& text, double reach) {
  std::string out;
  for (double tick : SvgTicks(Scale::kAsIs, -reach, reach)) {
    StrAppend(&out, SvgLine(kLeft, Y(tick, reach), kSvgWidth - kRight, Y(tick, reach), "rule"),
              SvgText(kLeft - 4, Y(tick, reach) + 4, "end", absl::StrFormat("%.3g", tick)),
              SvgText(X(tick, reach), kTop + kPlotHeight + 17, "middle", absl::StrFormat("%.3g", tick)));
  }
  const double ground = kTop + kPlotHeight;
  return StrCat(out, SvgLine(kLeft, ground, kSvgWidth - kRight, ground, "axis"),
                SvgLine(kLeft, kTop, kLeft, ground, "axis"),
                SvgText(kLeft + kPlotWidth / 2, kSvgHeight - 7, "middle", text.x_axis),
                SvgText(kLeft - 44, 34, "start", text.y_axis));
}

}  // namespace

std::string ScatterPlot(const ScatterText& text, const std::vector<std::pair<double, double>>& points,
                        double reach) {
  std::string out =
      StrCat(SvgOpen(text.title, kSvgHeight, kLeft, {{"synthetic", text.legend}}), Axes(text, reach));
  for (const auto& [x, y] : points) {
    if (std::isnan(x) || std::isnan(y)) continue;
    StrAppend(&out, absl::StrFormat("<circle class=\"synthetic\" cx=\"%.1f\" cy=\"%.1f\" r=\"1.3\"/>",
                                    X(x, reach), Y(y, reach)));
  }
  return out + "</svg>";
}

}  // namespace stanflow
