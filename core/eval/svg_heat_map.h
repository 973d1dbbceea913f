#ifndef STANFLOW_CORE_EVAL_SVG_HEAT_MAP_H_
#define STANFLOW_CORE_EVAL_SVG_HEAT_MAP_H_

#include <string>
#include <vector>

namespace stanflow {

struct HeatMapText {
  std::string title;
  std::string key;                             // what the shades mean, with its unit
  std::vector<std::string> names;              // of the rows
  std::vector<std::string> column_names = {};  // empty: the rows' names, of a square table
};

// A table of numbers as shaded cells: from 0, which is blank, to +-`top`. Positive ones have the class
// "warm", negative ones "cold"; NaN leaves a cell out. `cells[r][c]` has a tool tip with its number.
std::string HeatMap(const HeatMapText& text, const std::vector<std::vector<double>>& cells, double top);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_SVG_HEAT_MAP_H_
