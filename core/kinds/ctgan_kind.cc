#include <map>
#include <string>

#include "core/base/status_macros.h"
#include "core/gan/ctgan_flows.h"
#include "core/kinds/gan_options.h"
#include "core/kinds/model_kind.h"
#include "core/kinds/table_options.h"

namespace stanflow {
namespace {

constexpr const char* kName = "ctgan";

// What a request may set; the rest is as published (core/gan/ctgan.h).
struct Options : GanOptions {
  Options() : GanOptions(300, 2e-4, 2e-4) {}
  int pac = 10;
  ClassFrequency conditions = ClassFrequency::kData;
};

const OptionTable<Options>& TableOfOptions() {
  static const auto* const table = new OptionTable<Options>(
      "preset ctgan",
      GanOptionRows<Options>(
          "; a multiple of pac", "two hidden layers",
          {{"pac", "rows", "that the critic sees at once", WholeOption<Options>{&Options::pac, 1, 100}},
           {"conditions", "",
            "how often a generated row is asked for a class: as the data has it, or by ln(1 + count)",
            WordOption<Options>{
                {"data", "log"},
                [](const Options& o) { return static_cast<int>(o.conditions); },
                [](int word, Options* o) { o->conditions = static_cast<ClassFrequency>(word); }}}}));
  return *table;
}

CtganOptions ModelOptions(const Options& options) {
  CtganOptions model;
  options.SetSchedule(&model.schedule);
  model.generator_hidden = model.critic_hidden = {options.width, options.width};
  model.pac = options.pac;
  return model;
}

absl::StatusOr<nlohmann::json> CompleteOptions(const std::map<std::string, std::string>& settings) {
  STANFLOW_ASSIGN_OR_RETURN(const Options options, TableOfOptions().Parse(settings));
  STANFLOW_RETURN_IF_ERROR(CheckCtganBatch(ModelOptions(options)));
  return TableOfOptions().ToJson(options);
}

absl::StatusOr<nlohmann::json> Train(const TrainingTask& task) {
  STANFLOW_ASSIGN_OR_RETURN(const Options options, TableOfOptions().Parse(task.options));
  return TrainCtganFlows(task, kName, TableOfOptions().ToJson(options), ModelOptions(options),
                         options.max_rows());
}

absl::StatusOr<std::unique_ptr<Generator>> Load(const std::string& bundle_dir, const std::string& device) {
  STANFLOW_ASSIGN_OR_RETURN(BundleFolder folder, ReadBundleFolder(bundle_dir, kName));
  STANFLOW_ASSIGN_OR_RETURN(const Options options, ReadTableOptions(TableOfOptions(), folder));
  return LoadCtganFlows(std::move(folder), ModelOptions(options), options.conditions, device);
}

}  // namespace

const ModelKind kCtganKind = {
    kName, "the paper's B4: CTGAN, rows without memory", CompleteOptions, Train, Load, nullptr};

}  // namespace stanflow
