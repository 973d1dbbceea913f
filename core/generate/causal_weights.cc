#include "core/generate/causal_weights.h"

#include <ATen/ATen.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"

namespace stanflow {

CausalWeights::CausalWeights(const StanModel& model) {
  shape = {static_cast<int64_t>(model.nets.size()), model.options.width, model.options.state};
  std::vector<std::map<std::string, at::Tensor>> nets;
  for (const auto& net : model.nets) {
    nets.emplace_back();
    for (const auto& item : net->named_parameters()) nets.back()[item.key()] = item.value().detach().cpu();
  }
  const auto each = [&](const std::string& name) {
    std::vector<at::Tensor> list;
    for (const auto& net : nets) list.push_back(net.at(name));
    return list;
  };
  row_embedding = at::cat(each("row_embedding"), 1).contiguous();
  state_embedding = at::cat(each("state_embedding"), 1).contiguous();
  start = at::stack(each("start")).contiguous();
  numbers = {at::cat(each("numbers_weight"), 0).t().contiguous(),
             at::cat(each("numbers_bias"), 0).contiguous()};
  clock = at::cat(each("clock_weight"), 0).t().contiguous();
  for (size_t l = 0; l < conv.size(); ++l) {
    const std::string name = absl::StrCat("conv", l, "_");
    conv[l] = {at::stack(each(name + "weight")).contiguous(), at::stack(each(name + "bias")).contiguous()};
  }
  trunk = {at::stack(each("trunk_weight")).transpose(1, 2).contiguous(),
           at::stack(each("trunk_bias")).contiguous()};
  for (size_t n = 0; n < nets.size(); ++n) {
    for (int i = 0; i < model.nets[n]->num_outputs(); ++i) {
      const std::string head = absl::StrCat("head", i, "_");
      const auto linear = [&](const std::string& layer) -> Linear {
        return {nets[n].at(head + layer + "_weight").t().contiguous(),
                nets[n].at(head + layer + "_bias").contiguous()};
      };
      heads.push_back({static_cast<int64_t>(n), linear("hidden"), linear("out")});
    }
  }
}

}  // namespace stanflow
