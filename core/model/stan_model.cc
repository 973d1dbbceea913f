#include "core/model/stan_model.h"

#include "core/model/causal_net.h"
#include "core/model/paper_net.h"

namespace stanflow {
namespace {

// Outputs from `first` on that one net of the preset covers.
int OutputsOfNet(const OutputSet& set, size_t first, Preset preset) {
  if (preset == Preset::kPaper) return 1;
  size_t end = first + 1;
  while (end < set.outputs.size() && set.outputs[end].attribute == set.outputs[first].attribute) ++end;
  return static_cast<int>(end - first);
}

}  // namespace

StanModel::StanModel(StanOptions model_options, OutputSet model_outputs, uint64_t seed)
    : options(model_options), outputs(std::move(model_outputs)) {
  for (size_t first = 0; first < outputs.outputs.size();) {
    const Output& output = outputs.outputs[first];
    const int count = OutputsOfNet(outputs, first, options.preset);
    // Nets are independent tasks: each has a seed of its own, whatever is trained beside it.
    const uint64_t net_seed = seed * 1000003 + first;
    if (output.head != HeadKind::kMarginal) {
      if (options.preset == Preset::kPaper) {
        nets.push_back(std::make_shared<PaperNet>(output.name(), outputs, first, options.mask, net_seed));
      } else {
        nets.push_back(std::make_shared<CausalNet>(std::string(AttributeName(output.attribute)), outputs,
                                                   first, count, options, net_seed));
      }
    }
    first += count;
  }
  for (const Output& output : outputs.outputs) heads.push_back(MakeHead(&output));
}

int64_t StanModel::NumParameters() const {
  int64_t total = 0;
  for (const auto& net : nets) {
    for (const at::Tensor& p : net->parameters()) total += p.numel();
  }
  return total;
}

}  // namespace stanflow
