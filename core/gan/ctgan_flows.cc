#include "core/gan/ctgan_flows.h"

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/gan/flow_columns.h"
#include "core/gan/flow_gan.h"
#include "core/gan/table_rows.h"

namespace stanflow {
namespace {

class CtganFlows final : public FlowGan {
 public:
  static absl::StatusOr<std::unique_ptr<FlowGan>> Make(const CtganOptions& options, uint64_t seed,
                                                       const std::vector<HostRow>& rows, GanRandom* random,
                                                       const at::Device& device,
                                                       const std::function<bool()>& stop) {
    STANFLOW_ASSIGN_OR_RETURN(FlowColumns columns, FlowColumns::Fit(rows));
    const Table table = columns.MakeTable(rows);
    STANFLOW_ASSIGN_OR_RETURN(TableCodec codec, TableCodec::Fit(table, seed, stop));
    EncodedTable encoded = codec.Encode(table, seed);
    return std::unique_ptr<FlowGan>(
        new CtganFlows(options, std::move(columns), std::move(codec), std::move(encoded), random, device));
  }

  Gan* gan() override { return &ctgan_; }
  const GeneratorNet& net() const override { return ctgan_.net(); }
  nlohmann::json Fields() const override {
    return {{"flow_columns", columns_.ToJson()},
            {"columns", codec_.ToJson()},
            {"class_counts", conditions_.ToJson()}};
  }
  void Store(TensorFile*) const override {}

 private:
  CtganFlows(const CtganOptions& options, FlowColumns columns, TableCodec codec, EncodedTable rows,
             GanRandom* random, const at::Device& device)
      : columns_(std::move(columns)),
        codec_(std::move(codec)),
        rows_(std::move(rows)),
        conditions_(codec_, rows_),
        ctgan_(options, &codec_, &rows_, &conditions_, random, device) {}

  const FlowColumns columns_;
  const TableCodec codec_;
  const EncodedTable rows_;
  const ConditionSampler conditions_;
  Ctgan ctgan_;
};

// Flows out of a table's rows.
class CtganFlowRows final : public FlowRows {
 public:
  CtganFlowRows(FlowColumns columns, TableRows rows) : columns_(std::move(columns)), rows_(std::move(rows)) {}

  int inputs() const override { return rows_.inputs(); }
  int outputs() const override { return rows_.codec().width(); }
  void WriteInput(const DrawKey& key, float* input) const override { rows_.WriteInput(key, input); }
  HostRow Decode(const DrawKey& key, const float* outputs) const override {
    return columns_.Decode(rows_.Draw(key, outputs), key);
  }
  // Modes and class counts: some hundred numbers, whatever it was trained on.
  uint64_t memory_bytes() const override { return 0; }

 private:
  const FlowColumns columns_;
  const TableRows rows_;
};

}  // namespace

absl::Status CheckCtganBatch(const CtganOptions& options) {
  if (options.schedule.batch_rows % options.pac == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("option batch_rows: ", options.schedule.batch_rows,
                                                 " is no multiple of pac, ", options.pac));
}

absl::StatusOr<nlohmann::json> TrainCtganFlows(const TrainingTask& task, const std::string& preset,
                                               const nlohmann::json& options_json,
                                               const CtganOptions& options, uint64_t max_rows) {
  STANFLOW_RETURN_IF_ERROR(CheckCtganBatch(options));
  const auto make = [&](std::vector<HostRow> rows, GanRandom* random, const at::Device& device,
                        const std::function<bool()>& stop) {
    return CtganFlows::Make(options, task.seed, rows, random, device, stop);
  };
  return TrainFlowGan(task, preset, options_json, max_rows, make);
}

absl::StatusOr<std::unique_ptr<Generator>> LoadCtganFlows(BundleFolder folder, const CtganOptions& options,
                                                          ClassFrequency conditions,
                                                          const std::string& device) {
  const auto field = [&](const char* name) { return folder.manifest.value(name, nlohmann::json()); };
  STANFLOW_ASSIGN_OR_RETURN(FlowColumns columns, FlowColumns::FromJson(field("flow_columns")));
  STANFLOW_ASSIGN_OR_RETURN(TableCodec codec, TableCodec::FromJson(field("columns")));
  STANFLOW_ASSIGN_OR_RETURN(ConditionSampler sampler,
                            ConditionSampler::FromJson(codec, field("class_counts")));
  STANFLOW_RETURN_IF_ERROR(columns.CheckFits(codec));
  const GeneratorNetOptions net = CtganGeneratorOptions(options, codec);
  auto rows = std::make_unique<CtganFlowRows>(
      std::move(columns), TableRows(options.noise, std::move(codec), std::move(sampler), conditions));
  return LoadFlowGan(std::move(folder), net, std::move(rows), device);
}

}  // namespace stanflow
