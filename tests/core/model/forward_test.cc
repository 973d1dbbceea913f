#include <ATen/ATen.h>

#include <fstream>
#include <string>
#include <tuple>

#include "core/model/paper_net.h"
#include "gtest/gtest.h"
#include "tests/support/small_model.h"
#include "tests/support/test_devices.h"

namespace stanflow {
namespace {

class Forward : public ::testing::TestWithParam<std::tuple<Preset, std::string>> {};

// forward_golden.json: recipes/forward_reference.py, an independent PyTorch implementation that
// read the same model from its safetensors.
TEST_P(Forward, EqualsAnIndependentPyTorchImplementation) {
  const auto& [preset, device] = GetParam();
  MakeTorchRepeatable();
  std::ifstream file(std::string(STANFLOW_GOLDEN_DIR) + "/forward_golden.json");
  ASSERT_TRUE(file.good());
  const auto golden = nlohmann::json::parse(file).at(PresetName(preset));
  const auto model = SmallModel(preset);
  // More than the trunk's reach of 81 rows: every tap reads something.
  const std::vector<HostRow> rows = SampleRows(90, /*salt=*/9);
  EncodedRows encoded;
  AppendRows(model->outputs, rows, 0, &encoded);
  RowBatch batch = MakeRowBatch(encoded, at::Device(device));
  batch.windows = MakeWindows(rows, 0).to(at::Device(device));
  at::NoGradGuard no_grad;
  size_t compared = 0;
  for (const auto& net : model->nets) {
    net->to(at::Device(device));
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

INSTANTIATE_TEST_SUITE_P(PresetsAndDevices, Forward,
                         ::testing::Combine(::testing::Values(Preset::kCausal, Preset::kPaper),
                                            ::testing::ValuesIn(TestDevices())),
                         [](const auto& info) {
                           return PresetName(std::get<0>(info.param)) + DeviceInName(std::get<1>(info.param));
                         });

}  // namespace
}  // namespace stanflow
