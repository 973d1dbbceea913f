#include "server/app/pick_devices.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "core/base/strings.h"

namespace stanflow {

absl::StatusOr<std::vector<std::string>> PickDevices(const std::vector<std::string>& wanted,
                                                     const std::vector<std::string>& available) {
  const auto has = [](const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  std::vector<std::string> devices;
  for (const std::string& name : wanted) {
    if (name != "auto" && name != "cpu" && !has(available, name)) {
      return absl::InvalidArgumentError(StrCat("devices: '", name, "' is not there; there are: auto, cpu, ",
                                               absl::StrJoin(available, ", ")));
    }
    for (const std::string& device : name == "auto" ? available : std::vector<std::string>{name}) {
      if (!has(devices, device)) devices.push_back(device);
    }
  }
  if (devices.empty()) return absl::InvalidArgumentError("devices: empty; write [auto]");
  return devices;
}

}  // namespace stanflow
