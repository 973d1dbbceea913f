#include "core/base/option_table.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "core/base/strings.h"

namespace stanflow {
namespace internal {
namespace {

// " (rows)"; nothing for a pure number.
std::string UnitText(const OptionHelp& option) {
  return option.unit.empty() ? "" : StrCat(" (", option.unit, ")");
}

}  // namespace

absl::StatusOr<double> ParseOption(const OptionHelp& option, const std::string& text, bool whole, double low,
                                   double high) {
  double value = 0;
  const bool number = absl::SimpleAtod(text, &value) && std::isfinite(value);
  if (number && value >= low && value <= high && (!whole || value == std::trunc(value))) return value;
  return absl::InvalidArgumentError(StrCat("option ", option.name, ": '", text, "' is not ",
                                           whole ? "a whole number" : "a number", " from ", low, " to ", high,
                                           UnitText(option)));
}

absl::StatusOr<int> ParseWord(const OptionHelp& option, const std::string& text,
                              const std::vector<std::string>& words) {
  const auto it = std::find(words.begin(), words.end(), text);
  if (it != words.end()) return static_cast<int>(it - words.begin());
  return absl::InvalidArgumentError(
      StrCat("option ", option.name, ": '", text, "' is none of ", absl::StrJoin(words, ", ")));
}

absl::Status BadText(const OptionHelp& option, const std::string& text, const absl::Status& why) {
  return absl::InvalidArgumentError(StrCat("option ", option.name, ": '", text, "': ", why.message()));
}

absl::Status UnknownOption(const std::string& owner, const std::string& name,
                           const std::vector<OptionHelp>& known) {
  const std::string names =
      absl::StrJoin(known, ", ", [](std::string* out, const OptionHelp& help) { out->append(help.name); });
  std::string message = StrCat(owner, " has no option '", name, "'; it has ", names.empty() ? "none" : names);
  for (const OptionHelp& help : known)
    StrAppend(&message, "\n  ", help.name, "=", help.default_value, UnitText(help), ": ", help.help);
  return absl::InvalidArgumentError(message);
}

std::string OptionText(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace internal
}  // namespace stanflow
