#ifndef STANFLOW_CORE_EVAL_SVG_PARTS_H_
#define STANFLOW_CORE_EVAL_SVG_PARTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/eval/scored_column.h"

namespace stanflow {

// Of every chart's view box; text stays readable where a phone shows it at 0.8 of this.
inline constexpr double kSvgWidth = 420, kSvgHeight = 250;

// `style` is a class of the report's style sheet; `text` is escaped here.
std::string SvgText(double x, double y, std::string_view anchor, std::string_view text,
                    std::string_view style = "tick");
std::string SvgLine(double x1, double y1, double x2, double y2, std::string_view style);

// The element's start with its title, and the keys of `styles_and_labels` in a row from `left` on.
std::string SvgOpen(std::string_view title, double height, double left,
                    const std::vector<std::pair<std::string, std::string>>& styles_and_labels);

// Round values within [lo, hi]: decades on logarithmic scales, else about five steps of 1, 2 or 5.
std::vector<double> SvgTicks(Scale scale, double lo, double hi);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_SVG_PARTS_H_
