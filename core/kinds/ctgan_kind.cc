#include "core/base/option_table.h"
#include "core/base/status_macros.h"
#include "core/gan/ctgan_flows.h"
#include "core/kinds/model_kind.h"

namespace stanflow {
namespace {

constexpr const char* kName = "ctgan";

// What a request may set; the rest is as published (core/gan/ctgan.h).
struct Options {
  int epochs = 300, batch_rows = 500, rows = 500000, width = 256, pac = 10;
  double generator_rate = 2e-4, critic_rate = 2e-4;
  ClassFrequency conditions = ClassFrequency::kData;
};

const OptionTable<Options>& Table() {
  static const auto* const table = new OptionTable<Options>(
      "preset ctgan",
      {{"epochs", "passes", "over the rows, unless the time budget ends before",
        WholeOption<Options>{&Options::epochs, 1, 100000}},
       {"batch_rows", "rows", "a step; a multiple of pac",
        WholeOption<Options>{&Options::batch_rows, 2, 100000}},
       {"rows", "rows", "learned from at most, evenly spread over the training rows",
        WholeOption<Options>{&Options::rows, 1, 20000000}},
       {"width", "units", "of each of the two hidden layers of both nets",
        WholeOption<Options>{&Options::width, 1, 4096}},
       {"pac", "rows", "that the critic sees at once", WholeOption<Options>{&Options::pac, 1, 100}},
       {"generator_rate", "", "Adam's rate for the generator",
        RealOption<Options>{&Options::generator_rate, 1e-8, 1}},
       {"critic_rate", "", "Adam's rate for the critic", RealOption<Options>{&Options::critic_rate, 1e-8, 1}},
       {"conditions", "",
        "how often a generated row is asked for a class: as the data has it, or by ln(1 + count)",
        WordOption<Options>{
            {"data", "log"},
            [](const Options& o) { return static_cast<int>(o.conditions); },
            [](int word, Options* o) { o->conditions = static_cast<ClassFrequency>(word); }}}});
  return *table;
}

CtganOptions ModelOptions(const Options& options) {
  CtganOptions model;
  model.schedule.epochs = options.epochs;
  model.schedule.batch_rows = options.batch_rows;
  model.schedule.generator_rate = options.generator_rate;
  model.schedule.critic_rate = options.critic_rate;
  model.generator_hidden = model.critic_hidden = {options.width, options.width};
  model.pac = options.pac;
  return model;
}

absl::StatusOr<nlohmann::json> CompleteOptions(const std::map<std::string, std::string>& settings) {
  STANFLOW_ASSIGN_OR_RETURN(const Options options, Table().Parse(settings));
  return Table().ToJson(options);
}

absl::StatusOr<nlohmann::json> Train(const TrainingTask& task) {
  STANFLOW_ASSIGN_OR_RETURN(const Options options, Table().Parse(task.options));
  return TrainCtganFlows(task, kName, Table().ToJson(options), ModelOptions(options),
                         static_cast<uint64_t>(options.rows));
}

absl::StatusOr<std::unique_ptr<Generator>> Load(const std::string& bundle_dir, const std::string& device) {
  STANFLOW_ASSIGN_OR_RETURN(BundleFolder folder, ReadBundleFolder(bundle_dir, kName));
  STANFLOW_ASSIGN_OR_RETURN(const Options options, Table().FromJson(folder.manifest["options"]));
  return LoadCtganFlows(std::move(folder), ModelOptions(options), options.conditions, device);
}

}  // namespace

const ModelKind kCtganKind = {
    kName, "the paper's B4: CTGAN, rows without memory", CompleteOptions, Train, Load, nullptr};

}  // namespace stanflow
