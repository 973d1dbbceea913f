#include "server/app/engine.h"

#include "core/base/strings.h"
#include "core/kinds/model_kind.h"
#include "server/app/pick_devices.h"
#include "server/rpc/status.h"
#ifdef STANFLOW_WITH_TORCH
#include "core/model/torch_device.h"
#endif

namespace stanflow {
namespace {

absl::StatusOr<nlohmann::json> OptionsOf(const std::string& preset,
                                         const std::map<std::string, std::string>& settings) {
  const absl::StatusOr<const ModelKind*> kind = FindModelKind(preset);
  if (!kind.ok()) return FieldError("preset", ToStd(kind.status().message()));
  absl::StatusOr<nlohmann::json> options = (*kind)->complete_options(settings);
  if (!options.ok()) return FieldError("options", ToStd(options.status().message()));
  return options;
}

}  // namespace

Engine MakeEngine() {
#ifdef STANFLOW_WITH_TORCH
  // Tiles and attributes are stepped side by side by threads of ours: a matrix library with a pool of its own
  // would only get in their way, and change the order of its sums.
  MakeTorchRepeatable();
#endif
  Engine engine;
  engine.load = LoadGenerator;
  engine.validate_bundle = ValidateBundle;
  engine.validate_train_options = [](const std::string& preset,
                                     const std::map<std::string, std::string>& options) {
    return OptionsOf(preset, options).status();
  };
  engine.complete_train_options = [](const std::string& preset,
                                     const std::map<std::string, std::string>& options) {
    const absl::StatusOr<nlohmann::json> complete = OptionsOf(preset, options);
    return complete.ok() ? complete->dump() : "{}";
  };
#ifdef STANFLOW_WITH_TORCH
  engine.can_reproduce = true;
#endif
  engine.libtorch = STANFLOW_LIBTORCH_VERSION;
  return engine;
}

absl::StatusOr<std::vector<std::string>> ResolveDevices(const std::vector<std::string>& devices) {
#ifdef STANFLOW_WITH_TORCH
  return PickDevices(devices, AvailableDevices());
#else
  return PickDevices(devices, {"cpu"});
#endif
}

}  // namespace stanflow
