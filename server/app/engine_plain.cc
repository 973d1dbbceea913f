#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/generate/baselines/b1_bundle.h"
#include "server/app/engine.h"
#include "server/app/pick_devices.h"
#include "server/rpc/status.h"

namespace stanflow {
namespace {

absl::StatusOr<std::unique_ptr<Generator>> LoadBaseline(const std::string& bundle_dir, const std::string&) {
  absl::StatusOr<LoadedB1> b1 = LoadB1(bundle_dir);
  if (b1.ok()) return std::move(b1->generator);
  if (!absl::IsFailedPrecondition(b1.status())) return b1.status();
  return absl::UnimplementedError(StrCat(
      "this stanflowd was built without LibTorch and serves baselines only: ", ToStd(b1.status().message())));
}

absl::Status ValidateOptions(const std::string& preset, const std::map<std::string, std::string>& options) {
  if (preset != "causal" && preset != "paper" && preset != kB1Preset) {
    return FieldError("preset", StrCat("'", preset, "' is not known; there are: causal, paper, b1"));
  }
  return absl::FailedPreconditionError("this stanflowd was built without LibTorch: it can't train");
}

}  // namespace

Engine MakeEngine() {
  Engine engine;
  engine.load = LoadBaseline;
  engine.validate_bundle = [](const std::string& dir) { return LoadBaseline(dir, "cpu").status(); };
  engine.validate_train_options = ValidateOptions;
  engine.libtorch = "none";
  return engine;
}

absl::StatusOr<std::vector<std::string>> ResolveDevices(const std::vector<std::string>& devices) {
  return PickDevices(devices, {"cpu"});
}

}  // namespace stanflow
