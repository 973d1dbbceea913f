#include "core/gan/wp_gan.h"

#include <ATen/ATen.h>

#include <map>

#include "core/gan/gan_trainer.h"
#include "core/gan/row_net.h"
#include "core/model/torch_device.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

// Rows of two services in equal shares that differ in everything: port, protocol, side, size.
std::vector<HostRow> TwoServices(int n) {
  std::vector<HostRow> rows;
  for (int i = 0; i < n; ++i) {
    const bool web = Uniform2({4, 0, 0, static_cast<uint64_t>(i), 0})[0] < 0.5;
    HostRow row;
    row.time_delta_s = static_cast<uint32_t>(i % 5);
    row.protocol = web ? 6 : 17;
    row.remote_address = (web ? 0x0A000000u : 0xC0A80000u) + static_cast<uint32_t>(i % 7);
    row.local_port = static_cast<uint16_t>(40000 + i % 100);
    row.remote_port = web ? 443 : 53;
    row.tcp_flags = web ? 27 : 0;
    row.packets = web ? 10 + i % 3 : 1;
    row.bytes = web ? 5000 + i % 3 : 80;
    row.duration_ms = web ? 400 : 0;
    rows.push_back(row);
  }
  return rows;
}

class WpGans : public ::testing::TestWithParam<WpGanEncoding> {};

TEST_P(WpGans, LearnThatASideGoesWithItsProtocol) {
  MakeTorchRepeatable();
  const TempDir dir;
  WpGanOptions options;
  options.encoding = GetParam();
  options.schedule.epochs = 35;
  options.schedule.batch_rows = 100;
  options.schedule.generator_rate = 5e-4;
  options.schedule.critic_rate = 2e-3;
  options.noise = 16;
  options.generator_hidden = options.critic_hidden = {48, 48};
  const std::vector<HostRow> rows = TwoServices(2000);
  const auto encoding = FlowEncoding::Fit(GetParam(), rows, 1, [] { return false; }).value();
  GanRandom random(3, at::kCPU);
  WpGan gan(options, &encoding, &rows, &random, at::kCPU);
  GanTrainer trainer(&gan, {0, dir.File("checkpoint"), 1e9}, &random);
  const absl::Status status = trainer.Train([](const GanProgress&) {}, [] { return false; });
  ASSERT_TRUE(status.ok()) << status;
  const WpGanRows drawer(options.noise, encoding);
  const RowNet net(gan.net(), at::kCPU);
  at::InferenceMode no_grad;
  const at::Tensor input = at::zeros({1, options.noise});
  constexpr int kRows = 1000;
  int tcp = 0, near = 0, together = 0;
  for (uint64_t r = 0; r < kRows; ++r) {
    const DrawKey key{8, 0, 0, r, 0};
    drawer.WriteInput(key, input.data_ptr<float>());
    const HostRow row = drawer.Decode(key, net(input).data_ptr<float>());
    const bool is_tcp = row.protocol == 6, is_near = row.remote_address >> 24 < 100;
    tcp += is_tcp;
    near += is_near;
    together += is_tcp == is_near;
  }
  // Independent columns agree in half of the rows.
  EXPECT_GT(together, 0.85 * kRows);
  EXPECT_NEAR(tcp, kRows / 2, 0.2 * kRows);
  EXPECT_NEAR(near, kRows / 2, 0.2 * kRows);
}

INSTANTIATE_TEST_SUITE_P(All, WpGans,
                         ::testing::Values(WpGanEncoding::kNumeric, WpGanEncoding::kBinary,
                                           WpGanEncoding::kEmbedding),
                         [](const auto& info) { return std::string(WpGanEncodingName(info.param)); });

}  // namespace
}  // namespace stanflow
