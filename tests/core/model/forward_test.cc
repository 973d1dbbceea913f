#include <ATen/ATen.h>

#include <fstream>
#include <string>

#include "core/model/paper_net.h"
#include "gtest/gtest.h"
#include "tests/support/small_model.h"

namespace stanflow {
namespace {

class Forward : public ::testing::TestWithParam<Preset> {};

// forward_golden.json: recipes/forward_reference.py, an independent PyTorch implementation that
// read the same model from its safetensors.
TEST_P(Forward, EqualsAnIndependentPyTorchImplementation) {
  std::ifstream file(std::string(STANFLOW_GOLDEN_DIR) + "/forward_golden.json");
  ASSERT_TRUE(file.good());
  const auto golden = nlohmann::json::parse(file).at(PresetName(GetParam()));
  const auto model = SmallModel(GetParam());
  // More than the trunk's reach of 81 rows: every tap reads something.
  const std::vector<HostRow> rows = SampleRows(90, /*salt=*/9);
  EncodedRows encoded;
  AppendRows(model->outputs, rows, 0, &encoded);
  RowBatch batch = MakeRowBatch(encoded, at::kCPU);
  batch.windows = MakeWindows(rows, 0);
  at::NoGradGuard no_grad;
  size_t compared = 0;
  for (const auto& net : model->nets) {
    const auto raw = net->Forward(batch);
    for (int i = 0; i < net->num_outputs(); ++i) {
      const int o = net->first_output() + i;
      const at::Tensor loss = model->heads[o]->Loss(raw[i], batch.targets[o]);
      const std::string name = model->outputs.outputs[o].name();
      for (size_t r = 0; r < rows.size(); ++r, ++compared) {
        const double expected = golden.at(r).at(name);
        EXPECT_NEAR(loss[r].item<double>(), expected, 1e-5 * std::max(1.0, std::abs(expected)))
            << name << " row " << r;
      }
    }
  }
  EXPECT_EQ(compared, rows.size() * golden.at(0).size());
}

INSTANTIATE_TEST_SUITE_P(Presets, Forward, ::testing::Values(Preset::kCausal, Preset::kPaper),
                         [](const auto& info) { return std::string(PresetName(info.param)); });

}  // namespace
}  // namespace stanflow
