#include "core/base/status_macros.h"
#include "core/gan/wp_gan_flows.h"
#include "core/kinds/gan_options.h"
#include "core/kinds/model_kind.h"
#include "core/kinds/table_options.h"

namespace stanflow {
namespace {

constexpr const char* kName = "wp_gan";

// What a request may set; the rest stands in core/gan/wp_gan.h.
struct Options : GanOptions {
  Options() : GanOptions(100, 1e-4, 4e-4) {}
  int critic_steps = 1;
  WpGanEncoding encoding = WpGanEncoding::kEmbedding;
};

const OptionTable<Options>& TableOfOptions() {
  static const auto* const table = new OptionTable<Options>(
      "preset wp_gan",
      GanOptionRows<Options>(
          "", "three hidden layers",
          {{"critic_steps", "steps", "of the critic before each of the generator's",
            WholeOption<Options>{&Options::critic_steps, 1, 100}},
           {"encoding", "", "of a flow: n(umeric), b(inary) or e(mbeddings)",
            WordOption<Options>{
                {"n", "b", "e"},
                [](const Options& o) { return static_cast<int>(o.encoding); },
                [](int word, Options* o) { o->encoding = static_cast<WpGanEncoding>(word); }}}}));
  return *table;
}

WpGanOptions ModelOptions(const Options& options) {
  WpGanOptions model;
  options.SetSchedule(&model.schedule);
  model.schedule.critic_steps = options.critic_steps;
  model.encoding = options.encoding;
  model.generator_hidden = model.critic_hidden = {options.width, options.width, options.width};
  return model;
}

absl::StatusOr<nlohmann::json> Train(const TrainingTask& task) {
  STANFLOW_ASSIGN_OR_RETURN(const Options options, TableOfOptions().Parse(task.options));
  return TrainWpGanFlows(task, kName, TableOfOptions().ToJson(options), ModelOptions(options),
                         options.max_rows());
}

absl::StatusOr<std::unique_ptr<Generator>> Load(const std::string& bundle_dir, const std::string& device) {
  STANFLOW_ASSIGN_OR_RETURN(BundleFolder folder, ReadBundleFolder(bundle_dir, kName));
  STANFLOW_ASSIGN_OR_RETURN(const Options options, ReadTableOptions(TableOfOptions(), folder));
  return LoadWpGanFlows(std::move(folder), ModelOptions(options), device);
}

}  // namespace

const ModelKind kWpGanKind = {
    kName,  "the paper's B3: WP-GAN, rows without memory", CompleteTableOptions<TableOfOptions>, Train, Load,
    nullptr};

}  // namespace stanflow
