#include <ATen/ATen.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/model/module_tensors.h"
#include "core/model/torch_tensors.h"
#include "core/train/attribute_trainer.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr const char* kBest = "best.";
constexpr const char* kNow = "now.";
constexpr const char* kOptimizer = "optimizer";

nlohmann::json CurveJson(const std::vector<CurvePoint>& curve) {
  nlohmann::json json = nlohmann::json::array();
  for (const CurvePoint& p : curve) json.push_back({p.epoch, p.training_nats, p.validation_nats});
  return json;
}

}  // namespace

absl::StatusOr<std::string> AttributeTrainer::SaveToString() {
  TensorFile file;
  STANFLOW_RETURN_IF_ERROR(StoreModule(*net_, kNow, &file));
  for (const auto& [name, tensor] : best_) {
    STANFLOW_ASSIGN_OR_RETURN(file.tensors[kBest + name], StoreTensor(tensor));
  }
  file.tensors[kOptimizer] = StoreOptimizer(*optimizer_);
  const nlohmann::json state = {{"rows_done", state_.rows_done},
                                {"steps", state_.steps},
                                {"epoch", state_.epoch},
                                {"position", state_.position},
                                {"seconds", state_.seconds},
                                {"best_nats", state_.best_nats},
                                {"validations_without_gain", state_.validations_without_gain},
                                {"halvings", state_.halvings},
                                {"settle_begin", state_.settle_begin},
                                {"settle_end", state_.settle_end},
                                {"segment_end", state_.segment_end},
                                {"segment_rows", state_.segment_rows},
                                {"segment_nats", state_.segment_nats},
                                {"curve", CurveJson(state_.curve)}};
  file.metadata["state"] = state.dump();
  return SerializeTensors(file);
}

absl::Status AttributeTrainer::LoadFromFile(TensorFile file) {
  STANFLOW_RETURN_IF_ERROR(LoadModule(kNow, &file, net_.get()));
  best_.clear();
  for (const auto& [name, tensor] : file.tensors) {
    if (absl::StartsWith(name, kBest)) best_[name.substr(std::string(kBest).size())] = LoadTensor(tensor);
  }
  LoadOptimizer(file.tensors.at(kOptimizer), optimizer_.get());
  const auto state = nlohmann::json::parse(file.metadata.at("state"));
  state_ = {state.at("rows_done"),
            state.at("steps"),
            state.at("epoch"),
            state.at("position"),
            state.at("seconds"),
            state.at("best_nats"),
            state.at("validations_without_gain"),
            state.at("halvings"),
            state.at("settle_begin"),
            state.at("settle_end"),
            state.at("segment_end"),
            state.at("segment_rows"),
            state.at("segment_nats"),
            {}};
  for (const auto& p : state.at("curve")) state_.curve.push_back({p.at(0), p.at(1), p.at(2)});
  return absl::OkStatus();
}

absl::Status AttributeTrainer::LoadFromString(const std::string& bytes, const std::string& source) {
  STANFLOW_ASSIGN_OR_RETURN(TensorFile file, ParseTensors(bytes, source));
  absl::Status status;
  try {
    status = LoadFromFile(std::move(file));
  } catch (const std::exception& e) {
    status = absl::DataLossError(e.what());
  }
  if (status.ok()) return status;
  return absl::DataLossError(absl::StrCat(source, ": not a checkpoint of ", name(), ": ", status.message()));
}

absl::Status AttributeTrainer::SaveCheckpoint(const std::string& path) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string bytes, SaveToString());
  return WriteFileDurably(path, bytes);
}

absl::Status AttributeTrainer::LoadCheckpoint(const std::string& path) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  return LoadFromString(bytes, path);
}

}  // namespace stanflow
