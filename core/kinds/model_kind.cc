#include "core/kinds/model_kind.h"

#include <vector>

#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/bundle/bundle_folder.h"

namespace stanflow {
namespace {

const ModelKind* Find(std::string_view name) {
  for (const ModelKind* kind : AllModelKinds()) {
    if (kind->name == name) return kind;
  }
  return nullptr;
}

std::string Names() {
  std::vector<std::string> names;
  for (const ModelKind* kind : AllModelKinds()) names.emplace_back(kind->name);
  return absl::StrJoin(names, ", ");
}

}  // namespace

absl::StatusOr<const ModelKind*> FindModelKind(std::string_view name) {
  if (const ModelKind* kind = Find(name)) return kind;
  return absl::InvalidArgumentError(StrCat("no preset '", name, "'; there are ", Names()));
}

absl::StatusOr<const ModelKind*> ModelKindOf(const std::string& bundle_dir) {
  STANFLOW_ASSIGN_OR_RETURN(const nlohmann::json manifest, ReadBundleManifest(bundle_dir));
  const nlohmann::json preset = manifest.contains("preset") ? manifest["preset"] : nlohmann::json();
  const ModelKind* kind = preset.is_string() ? Find(preset.get<std::string>()) : nullptr;
  if (kind != nullptr) return kind;
  return absl::FailedPreconditionError(
      StrCat(bundle_dir, "/manifest.json: preset ", preset.dump(), " is none of this program's: ", Names()));
}

absl::StatusOr<std::unique_ptr<Generator>> LoadGenerator(const std::string& bundle_dir,
                                                         const std::string& device) {
  STANFLOW_ASSIGN_OR_RETURN(const ModelKind* kind, ModelKindOf(bundle_dir));
  return kind->load_generator(bundle_dir, device);
}

absl::Status ValidateBundle(const std::string& bundle_dir) {
  return LoadGenerator(bundle_dir, "cpu").status();
}

}  // namespace stanflow
