#ifndef STANFLOW_SERVER_APP_CONFIG_KEYS_H_
#define STANFLOW_SERVER_APP_CONFIG_KEYS_H_

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/app/config.h"

namespace stanflow {

enum class ConfigUnit { kNone, kBytes, kSeconds, kRows, kThreads, kAddress };

using ConfigField = std::variant<std::string*, int64_t*, double*, std::vector<std::string>*>;

// One key: a line of the table.
struct ConfigKey {
  std::string name;  // "jobs.max_running"
  ConfigUnit unit = ConfigUnit::kNone;
  std::string help = "";  // what it does, and why the default is what it is
  std::function<ConfigField(ServerConfig*)> field;
  double min = 0, max = 0;                // numbers
  std::vector<std::string> choices = {};  // texts; empty: any
};

// In the order of the reference; keys of one section stand together.
absl::Span<const ConfigKey> ConfigKeys();

const ConfigKey* FindConfigKey(const std::string& name);
// Whether there are keys below `name` ("jobs").
bool IsConfigSection(const std::string& name);
// The name of a key or section that is most like `name`; empty if none is.
std::string NearestConfigName(const std::string& name);

// Sets one key from its value as it is written (a list: its elements). INVALID_ARGUMENT says what is
// expected.
absl::Status SetConfigValue(const ConfigKey& key, const std::vector<std::string>& values,
                            ServerConfig* config);
// The value as YAML that SetConfigValue reads back.
std::string ConfigValueText(const ConfigKey& key, const ServerConfig& config);
// "integer from 1 to 64", "one of text, json".
std::string ExpectedText(const ConfigKey& key);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_APP_CONFIG_KEYS_H_
