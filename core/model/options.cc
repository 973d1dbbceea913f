#include "core/model/options.h"

#include <functional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"

namespace stanflow {
namespace {

constexpr const char* kPresetNames[] = {"causal", "paper", "b1"};

// One line an option: who has it, its range, and where its value lives.
struct OptionRow {
  const char* name;
  const char* unit;
  const char* help;
  bool causal, paper;
  double low, high;
  int StanOptions::*integer;
  double StanOptions::*real;
};

constexpr OptionRow kOptions[] = {
    {"width", "channels", "channels of each net's causal trunk", true, false, 4, 512, &StanOptions::width,
     nullptr},
    {"state", "numbers", "width of the embedding of what the row has drawn so far", true, false, 4, 1024,
     &StanOptions::state, nullptr},
    {"hidden", "units", "hidden units of each head", true, false, 4, 4096, &StanOptions::hidden, nullptr},
    {"epochs", "passes", "passes over the training rows at most", true, true, 1, 10000, &StanOptions::epochs,
     nullptr},
    {"batch_rows", "rows", "rows a training step", true, true, 16, 1e6, &StanOptions::batch_rows, nullptr},
    {"learning_rate", "1", "peak learning rate", true, false, 1e-6, 1, nullptr, &StanOptions::learning_rate},
    {"embedding_rate", "1", "peak learning rate of the embedding tables", true, false, 1e-6, 1, nullptr,
     &StanOptions::embedding_rate},
    {"embedding_decay", "1", "decoupled weight decay of the embedding tables", true, false, 0, 100, nullptr,
     &StanOptions::embedding_decay},
    {"validation_share", "share", "training sequences (hosts' hours) kept for early stopping", true, true,
     0.001, 0.5, nullptr, &StanOptions::validation_share},
    {"patience", "validations", "validations without gain before it stops", true, true, 1, 1000,
     &StanOptions::patience, nullptr},
};

bool Has(const OptionRow& row, Preset preset) {
  return (preset == Preset::kCausal && row.causal) || (preset == Preset::kPaper && row.paper);
}

StanOptions Defaults(Preset preset) {
  StanOptions options;
  options.preset = preset;
  return options;
}

double ValueOf(const OptionRow& row, const StanOptions& options) {
  return row.integer != nullptr ? options.*row.integer : options.*row.real;
}

absl::Status SetOption(const OptionRow& row, const std::string& text, StanOptions* options) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || value < row.low || value > row.high ||
      (row.integer != nullptr && value != static_cast<int>(value))) {
    return absl::InvalidArgumentError(absl::StrCat("option ", row.name, ": '", text, "' is not ",
                                                   row.integer != nullptr ? "a whole number" : "a number",
                                                   " from ", row.low, " to ", row.high, " (", row.unit, ")"));
  }
  if (row.integer != nullptr) {
    options->*row.integer = static_cast<int>(value);
  } else {
    options->*row.real = value;
  }
  return absl::OkStatus();
}

absl::Status SetMask(const std::string& text, StanOptions* options) {
  if (text != "a" && text != "b") {
    return absl::InvalidArgumentError(absl::StrCat("option mask: '", text, "' is neither a nor b"));
  }
  options->mask = text == "a" ? Mask::kA : Mask::kB;
  return absl::OkStatus();
}

}  // namespace

const char* PresetName(Preset preset) { return kPresetNames[static_cast<int>(preset)]; }

absl::StatusOr<Preset> PresetFromName(const std::string& name) {
  for (int i = 0; i < 3; ++i) {
    if (name == kPresetNames[i]) return static_cast<Preset>(i);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no preset '", name, "'; there are ", absl::StrJoin(kPresetNames, ", ")));
}

nlohmann::json StanOptions::ToJson() const {
  nlohmann::json json = {{"preset", PresetName(preset)}, {"mask", mask == Mask::kA ? "a" : "b"}};
  for (const OptionRow& row : kOptions) {
    if (row.integer != nullptr) {
      json[row.name] = this->*row.integer;
    } else {
      json[row.name] = this->*row.real;
    }
  }
  return json;
}

absl::StatusOr<StanOptions> StanOptions::FromJson(const nlohmann::json& json) {
  StanOptions options;
  try {
    STANFLOW_ASSIGN_OR_RETURN(options.preset, PresetFromName(json.at("preset").get<std::string>()));
    STANFLOW_RETURN_IF_ERROR(SetMask(json.at("mask"), &options));
    for (const OptionRow& row : kOptions) {
      const double value = json.at(row.name);
      STANFLOW_RETURN_IF_ERROR(SetOption(row, absl::StrCat(value), &options));
    }
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(absl::StrCat("model options: ", e.what()));
  }
  return options;
}

std::vector<OptionHelp> TrainOptionHelp(Preset preset) {
  std::vector<OptionHelp> help;
  const StanOptions defaults = Defaults(preset);
  for (const OptionRow& row : kOptions) {
    if (Has(row, preset))
      help.push_back({row.name, absl::StrCat(ValueOf(row, defaults)), row.unit, row.help});
  }
  if (preset != Preset::kB1) {
    help.push_back(
        {"mask", "b", "a|b", "a: attributes of a row are independent given the past; b: in drawing order"});
  }
  return help;
}

absl::StatusOr<StanOptions> ParseTrainOptions(Preset preset,
                                              const std::map<std::string, std::string>& settings) {
  StanOptions options = Defaults(preset);
  for (const auto& [name, text] : settings) {
    if (name == "mask" && preset != Preset::kB1) {
      STANFLOW_RETURN_IF_ERROR(SetMask(text, &options));
      continue;
    }
    const OptionRow* found = nullptr;
    for (const OptionRow& row : kOptions) {
      if (name == row.name && Has(row, preset)) found = &row;
    }
    if (found == nullptr) {
      std::vector<std::string> names;
      for (const OptionHelp& help : TrainOptionHelp(preset)) names.push_back(help.name);
      return absl::InvalidArgumentError(absl::StrCat("preset ", PresetName(preset), " has no option '", name,
                                                     "'; it has ",
                                                     names.empty() ? "none" : absl::StrJoin(names, ", ")));
    }
    STANFLOW_RETURN_IF_ERROR(SetOption(*found, text, &options));
  }
  return options;
}

}  // namespace stanflow
