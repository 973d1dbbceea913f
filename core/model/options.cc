#include "core/model/options.h"

#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

using Row = OptionRow<StanOptions>;
using Whole = WholeOption<StanOptions>;
using Real = RealOption<StanOptions>;
using Word = WordOption<StanOptions>;

std::vector<Row> CausalOnly() {
  return {
      {"width", "channels", "channels of each net's causal trunk", Whole{&StanOptions::width, 4, 512}},
      {"state", "numbers", "width of the embedding of what the row has drawn so far",
       Whole{&StanOptions::state, 4, 1024}},
      {"hidden", "units", "hidden units of each head", Whole{&StanOptions::hidden, 4, 4096}},
      {"learning_rate", "", "peak learning rate", Real{&StanOptions::learning_rate, 1e-6, 1}},
      {"embedding_rate", "", "peak learning rate of the embedding tables",
       Real{&StanOptions::embedding_rate, 1e-6, 1}},
      {"embedding_decay", "", "decoupled weight decay of the embedding tables",
       Real{&StanOptions::embedding_decay, 0, 100}},
  };
}

std::vector<Row> Common() {
  return {
      {"epochs", "passes", "passes over the training rows at most", Whole{&StanOptions::epochs, 1, 10000}},
      {"batch_rows", "rows", "rows a training step", Whole{&StanOptions::batch_rows, 16, 1000000}},
      {"validation_share", "share", "training sequences (hosts' hours) kept for early stopping",
       Real{&StanOptions::validation_share, 0.001, 0.5}},
      {"patience", "validations", "validations without gain before it stops",
       Whole{&StanOptions::patience, 1, 1000}},
      {"mask", "a|b", "a: attributes of a row are independent given the past; b: in drawing order",
       Word{{"a", "b"},
            [](const StanOptions& options) { return static_cast<int>(options.mask); },
            [](int word, StanOptions* options) { options->mask = static_cast<Mask>(word); }}},
  };
}

OptionTable<StanOptions> MakeTable(Preset preset) {
  std::vector<Row> rows = preset == Preset::kCausal ? CausalOnly() : std::vector<Row>();
  for (Row& row : Common()) rows.push_back(std::move(row));
  return {StrCat("preset ", PresetName(preset)), std::move(rows)};
}

const OptionTable<StanOptions>& TableOf(Preset preset) {
  static const auto* const causal = new OptionTable<StanOptions>(MakeTable(Preset::kCausal));
  static const auto* const paper = new OptionTable<StanOptions>(MakeTable(Preset::kPaper));
  return preset == Preset::kCausal ? *causal : *paper;
}

absl::StatusOr<StanOptions> WithPreset(absl::StatusOr<StanOptions> options, Preset preset) {
  if (options.ok()) options->preset = preset;
  return options;
}

}  // namespace

const char* PresetName(Preset preset) { return preset == Preset::kCausal ? "causal" : "paper"; }

nlohmann::json StanOptions::ToJson() const { return TableOf(preset).ToJson(*this); }

absl::StatusOr<StanOptions> StanOptions::FromJson(Preset preset, const nlohmann::json& json) {
  return WithPreset(TableOf(preset).FromJson(json), preset);
}

absl::StatusOr<StanOptions> ParseTrainOptions(Preset preset,
                                              const std::map<std::string, std::string>& settings) {
  return WithPreset(TableOf(preset).Parse(settings), preset);
}

}  // namespace stanflow
