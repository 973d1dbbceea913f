#include "client/cli/lib/model_text.h"

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/cli/lib/format.h"
#include "core/base/strings.h"

namespace stanflow {

std::string ModelName(const std::string& model) {
  return absl::StartsWith(model, "models/") ? model : "models/" + model;
}

std::string ShortModelName(const std::string& version_name) {
  return absl::StrReplaceAll(absl::StripPrefix(version_name, "models/"), {{"/versions/", "@"}});
}

std::string ModelStateText(stanflow::v1::ModelState state) {
  return std::string(absl::StripPrefix(stanflow::v1::ModelState_Name(state), "MODEL_STATE_"));
}

std::string DescribeModel(const stanflow::v1::ModelVersion& version) {
  const std::string why = version.state_message().empty() ? "" : StrCat(" (", version.state_message(), ")");
  KeyValues lines;
  lines.Add("model", ShortModelName(version.name()));
  lines.Add("aliases", version.aliases().empty() ? "-" : absl::StrJoin(version.aliases(), ", "));
  lines.Add("preset", version.preset());
  lines.Add("state", ModelStateText(version.state()) + why);
  lines.Add("created", FormatTime(version.has_create_time(), version.create_time()));
  lines.Add("dataset", StrCat(version.dataset(), " (", version.dataset_digest(), ")"));
  lines.Add("hosts", FormatCount(version.hosts()));
  lines.Add("parameters", FormatCount(version.parameters()));
  lines.Add("seed", std::to_string(version.seed()));
  lines.Add("validation",
            version.has_validation_nats() ? FormatFixed(version.validation_nats(), 4) + " nats a row" : "-");
  lines.Add("on disk", FormatBytes(version.size_bytes()));
  if (!version.device().empty()) {
    lines.Add("loaded on", StrCat(version.device(), ", ", FormatBytes(version.memory_bytes()), " and ",
                                  FormatBytes(version.context_bytes()), " a generating host"));
  }
  return lines.ToString();
}

}  // namespace stanflow
