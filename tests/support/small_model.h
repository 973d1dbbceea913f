#ifndef STANFLOW_TESTS_SUPPORT_SMALL_MODEL_H_
#define STANFLOW_TESTS_SUPPORT_SMALL_MODEL_H_

#include <ATen/ATen.h>

#include <memory>
#include <string>

#include "core/model/bundle.h"
#include "tests/support/sample_rows.h"

namespace stanflow {

// An untrained model over SampleRows, small where the preset allows. Its weights are a formula
// of a tensor's place, so that every machine has the same ones whatever its random numbers:
// the committed golden values are of exactly this model.
inline std::unique_ptr<StanModel> SmallModel(Preset preset, Mask mask = Mask::kB) {
  MarginalCounts counts;
  for (const HostRow& row : SampleRows(4000)) counts.Add(row);
  StanOptions options = ParseTrainOptions(preset, {}).value();
  options.mask = mask;
  if (preset == Preset::kCausal) {
    options.width = 8;
    options.state = 12;
    options.hidden = 16;
  }
  OutputSet outputs = preset == Preset::kPaper ? FitPaperOutputs(counts).value()
                                               : FitCausalOutputs(counts, mask == Mask::kA).value();
  auto model = std::make_unique<StanModel>(options, std::move(outputs), 1);
  at::NoGradGuard no_grad;
  int place = 0;
  for (const auto& net : model->nets) {
    for (auto& item : net->named_parameters()) {
      at::Tensor t = item.value();
      const at::Tensor index = at::arange(t.numel(), at::kDouble);
      const double scale = t.dim() > 1 ? 1.5 / std::sqrt(static_cast<double>(t.numel() / t.size(0))) : 0.2;
      t.copy_((scale * at::sin(index * 0.7311 + 1.37 * ++place)).to(at::kFloat).reshape(t.sizes()));
      // Normalisation scales stay near 1, as trained ones do.
      if (t.dim() == 1 && item.key().find("norm") == 0 && item.key().find("weight") != std::string::npos)
        t.add_(1);
    }
    net->eval();
  }
  return model;
}

inline BundleInfo SmallBundleInfo() {
  BundleInfo info;
  info.dataset = "sample";
  info.dataset_digest = "0";
  info.holdout = "none";
  info.default_start_ms = 1'460'332'800'000;
  info.hosts = 3;
  info.curve = nlohmann::json::array();
  info.figures = nlohmann::json::object();
  return info;
}

inline Bundle SmallBundle(Preset preset, Mask mask = Mask::kB) {
  return {SmallBundleInfo(), SmallModel(preset, mask)};
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SUPPORT_SMALL_MODEL_H_
