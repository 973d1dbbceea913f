#include "core/base/strings.h"
#include "core/generate/load_generator.h"
#include "core/model/options.h"
#include "core/model/torch_device.h"
#include "server/app/engine.h"
#include "server/app/pick_devices.h"
#include "server/rpc/status.h"

namespace stanflow {
namespace {

absl::Status ValidateOptions(const std::string& preset_name,
                             const std::map<std::string, std::string>& options) {
  const absl::StatusOr<Preset> preset = PresetFromName(preset_name);
  if (!preset.ok()) return FieldError("preset", ToStd(preset.status().message()));
  const absl::Status parsed = ParseTrainOptions(*preset, options).status();
  return parsed.ok() ? parsed : FieldError("options", ToStd(parsed.message()));
}

std::string CompleteOptions(const std::string& preset_name,
                            const std::map<std::string, std::string>& options) {
  const absl::StatusOr<Preset> preset = PresetFromName(preset_name);
  if (!preset.ok() || *preset == Preset::kB1) return "{}";
  const absl::StatusOr<StanOptions> parsed = ParseTrainOptions(*preset, options);
  return parsed.ok() ? parsed->ToJson().dump() : "{}";
}

}  // namespace

Engine MakeEngine() {
  // Tiles and attributes are stepped side by side by threads of ours: a matrix library with a pool of its own
  // would only get in their way, and change the order of its sums.
  UseOneTorchThread();
  Engine engine;
  engine.load = LoadGenerator;
  engine.validate_bundle = ValidateBundle;
  engine.validate_train_options = ValidateOptions;
  engine.complete_train_options = CompleteOptions;
  engine.libtorch = STANFLOW_LIBTORCH_VERSION;
  return engine;
}

absl::StatusOr<std::vector<std::string>> ResolveDevices(const std::vector<std::string>& devices) {
  return PickDevices(devices, AvailableDevices());
}

}  // namespace stanflow
