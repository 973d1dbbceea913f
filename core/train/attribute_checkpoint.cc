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

std::string AttributeTrainer::SaveToString() {
  TensorFile file;
  // Nothing else is ever registered than the types that a file holds.
  const auto add = [&](const std::string& name, const at::Tensor& t) {
    file.tensors[name] = StoreTensor(t).value();
  };
  for (const auto& item : net_->named_parameters()) add(kNow + item.key(), item.value());
  for (const auto& item : net_->named_buffers()) add(kNow + item.key(), item.value());
  for (const auto& [name, tensor] : best_) add(kBest + name, tensor);
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

void AttributeTrainer::LoadFromString(const std::string& bytes) {
  // Bytes that this class wrote; LoadCheckpoint turns what goes wrong with a file's into a status.
  const TensorFile file = ParseTensors(bytes, "checkpoint").value();
  at::NoGradGuard no_grad;
  const auto restore = [&](const std::string& name, at::Tensor tensor) {
    tensor.copy_(LoadTensor(file.tensors.at(kNow + name)));
  };
  for (auto& item : net_->named_parameters()) restore(item.key(), item.value());
  for (auto& item : net_->named_buffers()) restore(item.key(), item.value());
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
}

absl::Status AttributeTrainer::SaveCheckpoint(const std::string& path) {
  return WriteFileDurably(path, SaveToString());
}

absl::Status AttributeTrainer::LoadCheckpoint(const std::string& path) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  STANFLOW_RETURN_IF_ERROR(ParseTensors(bytes, path).status());
  try {
    LoadFromString(bytes);
  } catch (const std::exception& e) {
    return absl::DataLossError(absl::StrCat(path, ": not a checkpoint of ", name(), ": ", e.what()));
  }
  return absl::OkStatus();
}

}  // namespace stanflow
