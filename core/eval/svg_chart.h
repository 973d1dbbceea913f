#ifndef STANFLOW_CORE_EVAL_SVG_CHART_H_
#define STANFLOW_CORE_EVAL_SVG_CHART_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/eval/scored_column.h"

namespace stanflow {

// One set's shares of the bins (or categories), with the class that styles it: "real",
// "synthetic" or "b1".
struct ChartSeries {
  std::string style;
  std::string label;
  std::vector<double> shares;
};

// Bins between `edges` (one more than shares) along `scale`, shares on a logarithmic axis from
// 1e-5 to 1; what is below lies on the axis.
std::string BinChart(std::string_view title, std::string_view unit, Scale scale,
                     const std::vector<double>& edges, const std::vector<ChartSeries>& series);

// Horizontal bars, one group a category, shares on a linear axis from 0.
std::string CategoryChart(std::string_view title, const std::vector<std::string>& categories,
                          const std::vector<ChartSeries>& series);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_SVG_CHART_H_
