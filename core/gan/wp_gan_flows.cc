#include "core/gan/wp_gan_flows.h"

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/gan/flow_gan.h"

namespace stanflow {
namespace {

constexpr const char* kVectors = "vectors.";

class WpGanFlows final : public FlowGan {
 public:
  WpGanFlows(const WpGanOptions& options, FlowEncoding encoding, std::vector<HostRow> rows, GanRandom* random,
             const at::Device& device)
      : encoding_(std::move(encoding)),
        rows_(std::move(rows)),
        gan_(options, &encoding_, &rows_, random, device) {}

  Gan* gan() override { return &gan_; }
  const GeneratorNet& net() const override { return gan_.net(); }
  nlohmann::json Fields() const override { return {{"encoding", encoding_.ToJson()}}; }
  void Store(TensorFile* weights) const override {
    for (const auto& [name, vectors] : encoding_.vectors()) {
      weights->tensors[kVectors + name] = StoreVector<float>(vectors);
    }
  }

 private:
  const FlowEncoding encoding_;
  const std::vector<HostRow> rows_;
  WpGan gan_;
};

// Takes the words' vectors out of the file.
absl::StatusOr<std::map<std::string, std::vector<float>>> TakeVectors(TensorFile* weights) {
  std::map<std::string, std::vector<float>> out;
  for (std::string_view attribute : kAttributeNames) {
    const std::string name = kVectors + std::string(attribute);
    if (weights->tensors.count(name) == 0) continue;
    STANFLOW_ASSIGN_OR_RETURN(out[std::string(attribute)], LoadVector<float>(*weights, name));
    weights->tensors.erase(name);
  }
  return out;
}

}  // namespace

absl::StatusOr<nlohmann::json> TrainWpGanFlows(const TrainingTask& task, const std::string& preset,
                                               const nlohmann::json& options_json,
                                               const WpGanOptions& options, uint64_t max_rows) {
  const auto make = [&](std::vector<HostRow> rows, GanRandom* random, const at::Device& device,
                        const std::function<bool()>& stop) -> absl::StatusOr<std::unique_ptr<FlowGan>> {
    STANFLOW_ASSIGN_OR_RETURN(FlowEncoding encoding,
                              FlowEncoding::Fit(options.encoding, rows, task.seed, stop));
    return std::make_unique<WpGanFlows>(options, std::move(encoding), std::move(rows), random, device);
  };
  return TrainFlowGan(task, preset, options_json, max_rows, make);
}

absl::StatusOr<std::unique_ptr<Generator>> LoadWpGanFlows(BundleFolder folder, const WpGanOptions& options,
                                                          const std::string& device) {
  STANFLOW_ASSIGN_OR_RETURN(const auto vectors, TakeVectors(&folder.weights));
  STANFLOW_ASSIGN_OR_RETURN(
      FlowEncoding encoding,
      FlowEncoding::FromJson(folder.manifest.value("encoding", nlohmann::json()), vectors));
  const GeneratorNetOptions net = WpGanGeneratorOptions(options, encoding);
  auto rows = std::make_unique<WpGanRows>(options.noise, std::move(encoding));
  return LoadFlowGan(std::move(folder), net, std::move(rows), device);
}

}  // namespace stanflow
