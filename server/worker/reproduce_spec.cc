#include "server/worker/reproduce_spec.h"

#include <set>

#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {

absl::StatusOr<ReproduceSpec> ParseReproduceSpec(const nlohmann::json& json) {
  ReproduceSpec out;
  std::set<std::string> names;
  try {
    out.seed = json.value("seed", out.seed);
    for (nlohmann::json model : json.at("models")) {
      const std::string name = model.at("name");
      if (name.empty() || !names.insert(name).second)
        return absl::InvalidArgumentError(
            StrCat("reproduce spec: name '", name, "' is empty or twice there"));
      model["dataset"] = json.at("dataset");
      if (json.contains("task_rows")) model["task_rows"] = json["task_rows"];
      STANFLOW_ASSIGN_OR_RETURN(EvaluateSpec evaluate, ParseEvaluateSpec(model));
      out.models.push_back({name, std::move(evaluate)});
    }
  } catch (const nlohmann::json::exception& e) {
    return absl::InvalidArgumentError(StrCat("reproduce spec: ", e.what()));
  }
  if (out.models.empty()) return absl::InvalidArgumentError("reproduce spec: name a model at least");
  return out;
}

}  // namespace stanflow
