#ifndef STANFLOW_CORE_EVAL_REPORT_CARD_H_
#define STANFLOW_CORE_EVAL_REPORT_CARD_H_

#include <string>

#include "nlohmann/json_fwd.hpp"

namespace stanflow {

// Parts of a model's card that are no measures. Each is empty if the report lacks what it shows.

// What the model was trained on, and how its training went: `training`.
std::string RenderTraining(const nlohmann::json& report);
// How fast it generated and was scored in this evaluation, and learned: `speed` and `training`.
std::string RenderSpeed(const nlohmann::json& report);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_REPORT_CARD_H_
