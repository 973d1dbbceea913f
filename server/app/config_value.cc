// How the values of keys are read, checked and written: by the type of the field and the unit of the key.
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "server/app/config_keys.h"

namespace stanflow {
namespace {

struct ByteSuffix {
  const char* name;
  int shift;
};
// The largest first: the shortest text wins.
constexpr ByteSuffix kByteSuffixes[] = {{"TiB", 40}, {"GiB", 30}, {"MiB", 20}, {"KiB", 10}};

const char* UnitName(ConfigUnit unit) {
  switch (unit) {
    case ConfigUnit::kBytes:
      return "bytes";
    case ConfigUnit::kSeconds:
      return "seconds";
    case ConfigUnit::kRows:
      return "rows";
    case ConfigUnit::kThreads:
      return "threads";
    case ConfigUnit::kNone:
    case ConfigUnit::kAddress:
      return "";
  }
  return "";
}

std::string BytesText(int64_t bytes) {
  for (const ByteSuffix& suffix : kByteSuffixes) {
    const int64_t unit = int64_t{1} << suffix.shift;
    if (bytes >= unit && bytes % unit == 0) return absl::StrCat(bytes / unit, suffix.name);
  }
  return absl::StrCat(bytes);
}

bool ParseBytes(std::string text, int64_t* bytes) {
  int shift = 0;
  for (const ByteSuffix& suffix : kByteSuffixes) {
    if (!absl::EndsWith(text, suffix.name)) continue;
    text.resize(text.size() - 3);
    shift = suffix.shift;
  }
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number) || number < 0 || number > (INT64_MAX >> shift)) return false;
  *bytes = number << shift;
  return true;
}

bool IsAddress(const std::string& text) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  return colon != std::string::npos && colon > 0 && absl::SimpleAtoi(text.substr(colon + 1), &port) &&
         port <= 65535;
}

bool IsDevice(const std::string& text) {
  uint32_t index = 0;
  if (text == "auto" || text == "cpu") return true;
  return absl::StartsWith(text, "cuda:") && absl::SimpleAtoi(text.substr(5), &index);
}

std::string BoundText(const ConfigKey& key, double bound) {
  return key.unit == ConfigUnit::kBytes ? BytesText(static_cast<int64_t>(bound)) : absl::StrCat(bound);
}

// Each answers whether the value is one of the key's and sets it then.
struct Setter {
  const ConfigKey& key;
  const std::vector<std::string>& values;

  bool InBounds(double value) const { return value >= key.min && value <= key.max; }

  bool operator()(std::string* field) const {
    if (values.size() != 1) return false;
    const std::string& text = values[0];
    if (key.unit == ConfigUnit::kAddress && !IsAddress(text)) return false;
    bool known = key.choices.empty();
    for (const std::string& choice : key.choices) known = known || choice == text;
    if (known) *field = text;
    return known;
  }
  bool operator()(int64_t* field) const {
    int64_t value = 0;
    if (values.size() != 1) return false;
    const bool parsed =
        key.unit == ConfigUnit::kBytes ? ParseBytes(values[0], &value) : absl::SimpleAtoi(values[0], &value);
    if (!parsed || !InBounds(static_cast<double>(value))) return false;
    *field = value;
    return true;
  }
  bool operator()(double* field) const {
    double value = 0;
    if (values.size() != 1 || !absl::SimpleAtod(values[0], &value)) return false;
    if (!std::isfinite(value) || !InBounds(value)) return false;
    *field = value;
    return true;
  }
  bool operator()(std::vector<std::string>* field) const {
    for (const std::string& value : values) {
      if (!IsDevice(value)) return false;
    }
    if (values.empty()) return false;
    *field = values;
    return true;
  }
};

struct Printer {
  const ConfigKey& key;

  std::string operator()(const std::string* field) const { return field->empty() ? "\"\"" : *field; }
  std::string operator()(const int64_t* field) const {
    return key.unit == ConfigUnit::kBytes ? BytesText(*field) : absl::StrCat(*field);
  }
  std::string operator()(const double* field) const { return absl::StrCat(*field); }
  std::string operator()(const std::vector<std::string>* field) const {
    return absl::StrCat("[", absl::StrJoin(*field, ", "), "]");
  }
};

std::string RangeText(const ConfigKey& key, const char* number) {
  std::string text = absl::StrCat(number, " from ", BoundText(key, key.min), " to ", BoundText(key, key.max));
  if (*UnitName(key.unit) != '\0') absl::StrAppend(&text, ", ", UnitName(key.unit));
  if (key.unit == ConfigUnit::kBytes) absl::StrAppend(&text, " (KiB, MiB, GiB and TiB may follow)");
  return text;
}

}  // namespace

std::string ExpectedText(const ConfigKey& key) {
  ServerConfig any;
  const ConfigField field = key.field(&any);
  if (std::holds_alternative<int64_t*>(field)) return RangeText(key, "integer");
  if (std::holds_alternative<double*>(field)) return RangeText(key, "number");
  if (std::holds_alternative<std::vector<std::string>*>(field)) return "list of auto, cpu, cuda:N";
  if (key.unit == ConfigUnit::kAddress) return "HOST:PORT";
  if (!key.choices.empty()) return absl::StrCat("one of ", absl::StrJoin(key.choices, ", "));
  return "text";
}

absl::Status SetConfigValue(const ConfigKey& key, const std::vector<std::string>& values,
                            ServerConfig* config) {
  if (std::visit(Setter{key, values}, key.field(config))) return absl::OkStatus();
  const std::string given = values.size() == 1 ? absl::StrCat("'", values[0], "'")
                                               : absl::StrCat("[", absl::StrJoin(values, ", "), "]");
  return absl::InvalidArgumentError(absl::StrCat(key.name, " is ", given, "; expected: ", ExpectedText(key)));
}

std::string ConfigValueText(const ConfigKey& key, const ServerConfig& config) {
  ServerConfig copy = config;
  return std::visit(Printer{key}, key.field(&copy));
}

}  // namespace stanflow
