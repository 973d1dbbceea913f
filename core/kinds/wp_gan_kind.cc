#include "core/base/option_table.h"
#include "core/base/status_macros.h"
#include "core/gan/wp_gan_flows.h"
#include "core/kinds/model_kind.h"

namespace stanflow {
namespace {

constexpr const char* kName = "wp_gan";

// What a request may set; the rest stands in core/gan/wp_gan.h.
struct Options {
  int epochs = 100, batch_rows = 500, rows = 500000, width = 256, critic_steps = 1;
  double generator_rate = 1e-4, critic_rate = 4e-4;
  WpGanEncoding encoding = WpGanEncoding::kEmbedding;
};

const OptionTable<Options>& Table() {
  static const auto* const table = new OptionTable<Options>(
      "preset wp_gan",
      {{"encoding", "", "of a flow: n(umeric), b(inary) or e(mbeddings)",
        WordOption<Options>{{"n", "b", "e"},
                            [](const Options& o) { return static_cast<int>(o.encoding); },
                            [](int word, Options* o) { o->encoding = static_cast<WpGanEncoding>(word); }}},
       {"epochs", "passes", "over the rows, unless the time budget ends before",
        WholeOption<Options>{&Options::epochs, 1, 100000}},
       {"batch_rows", "rows", "a step", WholeOption<Options>{&Options::batch_rows, 2, 100000}},
       {"rows", "rows", "learned from at most, evenly spread over the training rows",
        WholeOption<Options>{&Options::rows, 1, 20000000}},
       {"width", "units", "of each of the three hidden layers of both nets",
        WholeOption<Options>{&Options::width, 1, 4096}},
       {"critic_steps", "steps", "of the critic before each of the generator's",
        WholeOption<Options>{&Options::critic_steps, 1, 100}},
       {"generator_rate", "", "Adam's rate for the generator",
        RealOption<Options>{&Options::generator_rate, 1e-8, 1}},
       {"critic_rate", "", "Adam's rate for the critic",
        RealOption<Options>{&Options::critic_rate, 1e-8, 1}}});
  return *table;
}

WpGanOptions ModelOptions(const Options& options) {
  WpGanOptions model;
  model.encoding = options.encoding;
  model.schedule.epochs = options.epochs;
  model.schedule.batch_rows = options.batch_rows;
  model.schedule.critic_steps = options.critic_steps;
  model.schedule.generator_rate = options.generator_rate;
  model.schedule.critic_rate = options.critic_rate;
  model.generator_hidden = model.critic_hidden = {options.width, options.width, options.width};
  return model;
}

absl::StatusOr<nlohmann::json> CompleteOptions(const std::map<std::string, std::string>& settings) {
  STANFLOW_ASSIGN_OR_RETURN(const Options options, Table().Parse(settings));
  return Table().ToJson(options);
}

absl::StatusOr<nlohmann::json> Train(const TrainingTask& task) {
  STANFLOW_ASSIGN_OR_RETURN(const Options options, Table().Parse(task.options));
  return TrainWpGanFlows(task, kName, Table().ToJson(options), ModelOptions(options),
                         static_cast<uint64_t>(options.rows));
}

absl::StatusOr<std::unique_ptr<Generator>> Load(const std::string& bundle_dir, const std::string& device) {
  STANFLOW_ASSIGN_OR_RETURN(BundleFolder folder, ReadBundleFolder(bundle_dir, kName));
  STANFLOW_ASSIGN_OR_RETURN(const Options options, Table().FromJson(folder.manifest["options"]));
  return LoadWpGanFlows(std::move(folder), ModelOptions(options), device);
}

}  // namespace

const ModelKind kWpGanKind = {
    kName, "the paper's B3: WP-GAN, rows without memory", CompleteOptions, Train, Load, nullptr};

}  // namespace stanflow
