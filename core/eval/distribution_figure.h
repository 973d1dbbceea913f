#ifndef STANFLOW_CORE_EVAL_DISTRIBUTION_FIGURE_H_
#define STANFLOW_CORE_EVAL_DISTRIBUTION_FIGURE_H_

#include <string>
#include <string_view>

#include "core/eval/scored_column.h"
#include "nlohmann/json_fwd.hpp"

namespace stanflow {

// A category as a reader knows it: "outgoing", "TCP", "SYN|ACK".
std::string CategoryText(std::string_view column, int value);

// The chart of one column's shares (report.json's `distributions`) with its divergence; empty if the report
// lacks them. `id`: of the figure in the page.
std::string DistributionFigure(const ScoredColumn& column, const nlohmann::json& report, std::string_view id);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_DISTRIBUTION_FIGURE_H_
