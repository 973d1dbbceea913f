#ifndef STANFLOW_CORE_EVAL_SVG_LINE_CHART_H_
#define STANFLOW_CORE_EVAL_SVG_LINE_CHART_H_

#include <string>
#include <vector>

namespace stanflow {

// One line over the chart's places, with the class that styles it: "real", "synthetic" or "b1".
struct LineSeries {
  std::string style;
  std::string label;
  std::vector<double> y;       // one a place; NaN: no point there
  std::vector<double> spread;  // half the length of the bar at each place; empty: no bars
};

struct LineChartText {
  std::string title;
  std::string x_axis, y_axis;  // with their units
  std::vector<std::string>
      places;                // labels along x at equal distances; an empty one is a place without label
  bool logarithmic = false;  // the y axis; a bar that would reach to 0 ends at a tenth of its point
};

// Lines over equally distant places, on an axis that holds all points and bars. Empty without a point, or
// with one at 0 or below on a logarithmic axis.
std::string LineChart(const LineChartText& text, const std::vector<LineSeries>& series);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_SVG_LINE_CHART_H_
