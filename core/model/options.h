#ifndef STANFLOW_CORE_MODEL_OPTIONS_H_
#define STANFLOW_CORE_MODEL_OPTIONS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "core/base/option_table.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// STAN's two shapes: nets over a host's whole past, and the published windows.
enum class Preset { kCausal, kPaper };

const char* PresetName(Preset preset);

// Which of a row's own attributes an attribute's net sees (STAN figure 3).
enum class Mask {
  kA,  // none: attributes of a row are independent given the rows before (equation 4)
  kB,  // those drawn before it (equation 5)
};

// What a STAN model is built from and trained with. Part of the manifest.
struct StanOptions {
  Preset preset = Preset::kCausal;
  Mask mask = Mask::kB;
  // causal: channels of a net's trunk, width of a row's state, hidden units of a head.
  int width = 40, state = 64, hidden = 96;
  // Passes over the training rows at most; early stopping or the time budget may end before.
  int epochs = 10;
  // Rows a step: whole sequences until the number is reached (causal), windows (paper).
  int batch_rows = 512;
  // Peak of the learning rate: causal. The paper's two rates are fixed: 1e-3 mixture, 1e-2 softmax.
  double learning_rate = 4e-3;
  // The same for the embedding tables: an entry moves only in the steps that its value occurs in.
  double embedding_rate = 1e-2;
  // Decoupled weight decay of the embedding tables, and of nothing else.
  double embedding_decay = 0.01;
  // Share of the training sequences kept for early stopping, and validations without gain until it stops.
  double validation_share = 0.04;
  int patience = 2;

  nlohmann::json ToJson() const;
  static absl::StatusOr<StanOptions> FromJson(Preset preset, const nlohmann::json& json);
};

// As OptionTable::Parse.
absl::StatusOr<StanOptions> ParseTrainOptions(Preset preset,
                                              const std::map<std::string, std::string>& settings);

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_OPTIONS_H_
