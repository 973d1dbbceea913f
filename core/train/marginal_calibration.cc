#include "core/train/marginal_calibration.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/generate/causal_generator.h"
#include "core/train/class_counts.h"
#include "core/train/free_runs.h"

namespace stanflow {
namespace {

// A class's bias moves by this part of its error, and by kLargestStep at most: half of it already swings.
constexpr double kRate = 0.2, kLargestStep = 0.5;
// Rows that a class counts as seen besides, on both sides: rare ones hardly move.
constexpr double kPriorRows = 20;

// Those of all heads, in drawing order of the outputs.
std::vector<at::Tensor> BiasesOf(const StanModel& model) {
  std::vector<at::Tensor> biases;
  for (const auto& net : model.nets) {
    const auto parameters = net->named_parameters();
    for (int i = 0; i < net->num_outputs(); ++i)
      biases.push_back(parameters[absl::StrCat("head", i, "_out_bias")]);
  }
  return biases;
}

std::vector<at::Tensor> Copies(const std::vector<at::Tensor>& tensors) {
  std::vector<at::Tensor> copies;
  for (const at::Tensor& tensor : tensors) copies.push_back(tensor.detach().clone());
  return copies;
}

void Assign(const std::vector<at::Tensor>& from, std::vector<at::Tensor>* to) {
  at::NoGradGuard no_grad;
  for (size_t i = 0; i < from.size(); ++i) (*to)[i].copy_(from[i]);
}

absl::StatusOr<std::unique_ptr<Generator>> GeneratorOf(const StanModel& model, const BundleInfo& info) {
  Bundle copy{info, std::make_unique<StanModel>(model.options, model.outputs, 0)};
  at::NoGradGuard no_grad;
  for (size_t n = 0; n < model.nets.size(); ++n) {
    const auto from = model.nets[n]->named_parameters();
    for (auto& item : copy.model->nets[n]->named_parameters()) item.value().copy_(from[item.key()]);
  }
  return MakeCausalGenerator(std::move(copy), "cpu", CausalEngine::kOwn);
}

ClassCounts TrainingCounts(const Dataset& dataset, const OutputSet& set) {
  ClassCounts counts(set);
  for (const Sequence& sequence : dataset.Sequences(Split::kTrain)) {
    for (const HostRow& row : dataset.HostRows(sequence)) counts.Add(row);
  }
  return counts;
}

void MoveBiases(const ClassCounts& wanted, const ClassCounts& drawn, std::vector<at::Tensor>* biases) {
  const double scale = drawn.rows() / wanted.rows();
  for (size_t o = 0; o < biases->size(); ++o) {
    auto* const bias = (*biases)[o].data_ptr<float>();
    for (size_t c = 0; c < wanted.of(o).size(); ++c) {
      const double error = std::log((wanted.of(o)[c] * scale + kPriorRows) / (drawn.of(o)[c] + kPriorRows));
      bias[c] += static_cast<float>(std::clamp(kRate * error, -kLargestStep, kLargestStep));
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<double>> CalibrateMarginals(const Dataset& dataset,
                                                       const CalibrationOptions& options,
                                                       const BundleInfo& info,
                                                       const std::function<bool()>& stop, StanModel* model) {
  const ClassCounts wanted = TrainingCounts(dataset, model->outputs);
  const FreeRuns runs(dataset, options.rows_a_round);
  std::vector<at::Tensor> biases = BiasesOf(*model);
  const std::vector<at::Tensor> before = Copies(biases);
  std::vector<at::Tensor> nearest = before;
  std::vector<double> divergences;
  double least = std::numeric_limits<double>::infinity();
  const auto round = [&](uint32_t number) -> absl::Status {
    STANFLOW_ASSIGN_OR_RETURN(const std::unique_ptr<Generator> generator, GeneratorOf(*model, info));
    STANFLOW_ASSIGN_OR_RETURN(const ClassCounts drawn, runs.Draw(*generator, model->outputs, options.seed,
                                                                 number, options.threads, stop));
    divergences.push_back(wanted.DivergenceFrom(drawn));
    if (divergences.back() < least) {
      least = divergences.back();
      nearest = Copies(biases);
    }
    MoveBiases(wanted, drawn, &biases);
    return absl::OkStatus();
  };
  for (int number = 0; number <= options.rounds; ++number) {
    const absl::Status status = round(static_cast<uint32_t>(number));
    if (status.ok()) continue;
    Assign(before, &biases);
    return status;
  }
  Assign(nearest, &biases);
  return divergences;
}

}  // namespace stanflow
