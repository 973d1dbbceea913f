#ifndef STANFLOW_CORE_EVAL_SVG_SCATTER_H_
#define STANFLOW_CORE_EVAL_SVG_SCATTER_H_

#include <string>
#include <utility>
#include <vector>

namespace stanflow {

struct ScatterText {
  std::string title, legend;
  std::string x_axis, y_axis;  // with their units
};

// Points on two linear axes that reach from -`reach` to `reach`; what lies beyond lies on the edge;
// what is no number is left out.
std::string ScatterPlot(const ScatterText& text, const std::vector<std::pair<double, double>>& points,
                        double reach);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_SVG_SCATTER_H_
