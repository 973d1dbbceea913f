#ifndef STANFLOW_CORE_BASE_OPTION_TABLE_H_
#define STANFLOW_CORE_BASE_OPTION_TABLE_H_

#include <algorithm>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/status_macros.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// One option as a user sees it. The unit of a pure number is empty.
struct OptionHelp {
  std::string name, default_value, unit, help;
};

// Where an option lives in a struct of options, and what it may be.
template <typename Options>
struct WholeOption {
  int Options::*member;
  int low, high;
};
template <typename Options>
struct RealOption {
  double Options::*member;
  double low, high;
};
// One word of several, read and set by its place among `words`.
template <typename Options>
struct WordOption {
  std::vector<std::string> words;
  int (*get)(const Options& options);
  void (*set)(int word, Options* options);
};
// Text that `check` accepts; what it refuses it explains.
template <typename Options>
struct TextOption {
  std::string Options::*member;
  absl::Status (*check)(const std::string& text);
};

template <typename Options>
struct OptionRow {
  std::string name, unit, help;
  std::variant<WholeOption<Options>, RealOption<Options>, WordOption<Options>, TextOption<Options>> value;
};

// The options of one struct: a row for each, the one place that knows its name, range and help. Options of
// a training come as text (`--set name=value`) and are kept as JSON in the model's manifest. A plain value.
template <typename Options>
class OptionTable {
 public:
  // `owner` is how errors call whose options they are: "preset paper".
  OptionTable(std::string owner, std::vector<OptionRow<Options>> rows)
      : owner_(std::move(owner)), rows_(std::move(rows)) {}

  // The defaults with `settings` on top. INVALID_ARGUMENT names a bad value with its range, or an unknown
  // option with the ones there are: their names on its first line, then a line each with default, unit, help.
  absl::StatusOr<Options> Parse(const std::map<std::string, std::string>& settings) const {
    Options options;
    for (const auto& [name, text] : settings) STANFLOW_RETURN_IF_ERROR(Set(name, text, &options));
    return options;
  }

  nlohmann::json ToJson(const Options& options) const {
    nlohmann::json json = nlohmann::json::object();
    for (const auto& row : rows_) {
      std::visit([&](const auto& value) { json[row.name] = JsonOf(value, options); }, row.value);
    }
    return json;
  }
  // DATA_LOSS names what is missing, can't be or is no option.
  absl::StatusOr<Options> FromJson(const nlohmann::json& json) const;

  std::vector<OptionHelp> Help() const;

 private:
  bool Has(const std::string& name) const {
    return std::any_of(rows_.begin(), rows_.end(), [&](const auto& row) { return row.name == name; });
  }
  absl::Status Set(const std::string& name, const std::string& text, Options* options) const;

  static nlohmann::json JsonOf(const WholeOption<Options>& value, const Options& options) {
    return options.*value.member;
  }
  static nlohmann::json JsonOf(const RealOption<Options>& value, const Options& options) {
    return options.*value.member;
  }
  static nlohmann::json JsonOf(const WordOption<Options>& value, const Options& options) {
    return value.words[value.get(options)];
  }
  static nlohmann::json JsonOf(const TextOption<Options>& value, const Options& options) {
    return options.*value.member;
  }

  std::string owner_;
  std::vector<OptionRow<Options>> rows_;
};

namespace internal {

// The parts that do not depend on the struct (option_table.cc). Each names what `text` should have been.
absl::StatusOr<double> ParseOption(const OptionHelp& option, const std::string& text, bool whole, double low,
                                   double high);
absl::StatusOr<int> ParseWord(const OptionHelp& option, const std::string& text,
                              const std::vector<std::string>& words);
absl::Status BadText(const OptionHelp& option, const std::string& text, const absl::Status& why);
absl::Status UnknownOption(const std::string& owner, const std::string& name,
                           const std::vector<OptionHelp>& known);
std::string OptionText(const nlohmann::json& value);

template <typename Options>
absl::Status SetValue(const OptionHelp& option, const std::string& text, const WholeOption<Options>& to,
                      Options* options) {
  STANFLOW_ASSIGN_OR_RETURN(const double value, ParseOption(option, text, true, to.low, to.high));
  options->*to.member = static_cast<int>(value);
  return absl::OkStatus();
}
template <typename Options>
absl::Status SetValue(const OptionHelp& option, const std::string& text, const RealOption<Options>& to,
                      Options* options) {
  STANFLOW_ASSIGN_OR_RETURN(options->*to.member, ParseOption(option, text, false, to.low, to.high));
  return absl::OkStatus();
}
template <typename Options>
absl::Status SetValue(const OptionHelp& option, const std::string& text, const WordOption<Options>& to,
                      Options* options) {
  STANFLOW_ASSIGN_OR_RETURN(const int word, ParseWord(option, text, to.words));
  to.set(word, options);
  return absl::OkStatus();
}
template <typename Options>
absl::Status SetValue(const OptionHelp& option, const std::string& text, const TextOption<Options>& to,
                      Options* options) {
  const absl::Status status = to.check(text);
  if (!status.ok()) return BadText(option, text, status);
  options->*to.member = text;
  return absl::OkStatus();
}

}  // namespace internal

template <typename Options>
absl::Status OptionTable<Options>::Set(const std::string& name, const std::string& text,
                                       Options* options) const {
  // GCC 12 warns of writing members of a struct that has none.
  if constexpr (!std::is_empty_v<Options>) {
    for (const auto& row : rows_) {
      if (row.name != name) continue;
      const OptionHelp option{row.name, "", row.unit, row.help};
      return std::visit([&](const auto& to) { return internal::SetValue(option, text, to, options); },
                        row.value);
    }
  }
  return internal::UnknownOption(owner_, name, Help());
}

template <typename Options>
absl::StatusOr<Options> OptionTable<Options>::FromJson(const nlohmann::json& json) const {
  Options options;
  for (const auto& row : rows_) {
    if (!json.is_object() || !json.contains(row.name)) {
      return absl::DataLossError(owner_ + ": option " + row.name + " is missing");
    }
    const absl::Status status = Set(row.name, internal::OptionText(json[row.name]), &options);
    if (!status.ok()) return absl::DataLossError(status.message());
  }
  for (const auto& item : json.items()) {
    if (!Has(item.key())) return absl::DataLossError(owner_ + ": there is no option '" + item.key() + "'");
  }
  return options;
}

template <typename Options>
std::vector<OptionHelp> OptionTable<Options>::Help() const {
  std::vector<OptionHelp> help;
  const nlohmann::json defaults = ToJson(Options());
  for (const auto& row : rows_)
    help.push_back({row.name, internal::OptionText(defaults[row.name]), row.unit, row.help});
  return help;
}

}  // namespace stanflow

#endif  // STANFLOW_CORE_BASE_OPTION_TABLE_H_
