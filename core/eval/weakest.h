#ifndef STANFLOW_CORE_EVAL_WEAKEST_H_
#define STANFLOW_CORE_EVAL_WEAKEST_H_

#include <string>

#include "core/eval/metric.h"
#include "nlohmann/json_fwd.hpp"

namespace stanflow {

// Where a model is weakest: the three attributes whose divergence is worst beside its bound (0.05 or twice
// the floor), and the joint shares of the three pairs of attributes whose association is farthest off. Reads
// `jsd` and `association` of a report that has them, and adds `weakest`: {"attributes": [name], "pairs": [{a,
// b, a_bins, b_bins: [text], real, synthetic: [row of a's bins][b's bins]}]}. Shares of each set sum to 1;
// real rows are weighted to the synthetic rows' clock hours.
void AddWeakest(const EvalInput& input, nlohmann::json* report);

// Its part of the page; empty if the report lacks it.
std::string RenderWeakest(const nlohmann::json& report);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_WEAKEST_H_
