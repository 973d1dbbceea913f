#include "core/gan/ctgan.h"

#include <ATen/ATen.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/gan/gan_trainer.h"
#include "core/gan/row_net.h"
#include "core/gan/table_rows.h"
#include "core/model/module_tensors.h"
#include "core/model/torch_device.h"
#include "gtest/gtest.h"
#include "tests/core/gan/gan_testing.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

CtganOptions SmallOptions(int epochs) {
  CtganOptions options;
  options.schedule.epochs = epochs;
  options.schedule.batch_rows = 100;
  options.noise = 16;
  options.generator_hidden = options.critic_hidden = {32, 32};
  return options;
}

// A small CTGAN on DependentTable, as a training run has it.
struct SmallRun {
  SmallRun(const CtganOptions& options, size_t rows, const std::string& checkpoint)
      : table(DependentTable(rows)),
        codec(TableCodec::Fit(table, 1).value()),
        encoded(codec.Encode(table, 2)),
        conditions(codec, encoded),
        random(3, at::kCPU),
        ctgan(options, &codec, &encoded, &conditions, &random, at::kCPU),
        trainer(&ctgan, {0, checkpoint, 1e9}, &random) {
    MakeTorchRepeatable();
  }
  absl::Status Train(const std::function<bool()>& stop = [] { return false; }) {
    return trainer.Train([](const GanProgress&) {}, stop);
  }
  std::string Weights() {
    TensorFile file;
    EXPECT_TRUE(StoreModule(*ctgan.generator(), "", &file).ok());
    return SerializeTensors(file);
  }
  std::vector<std::vector<double>> Draw(int n, const CtganOptions& options) {
    const TableRows rows(options.noise, codec, conditions, ClassFrequency::kData);
    const RowNet net(ctgan.net(), at::kCPU);
    at::InferenceMode no_grad;
    std::vector<std::vector<double>> out;
    at::Tensor input = at::zeros({1, rows.inputs()});
    for (int i = 0; i < n; ++i) {
      const DrawKey key{7, 0, 0, static_cast<uint64_t>(i), 0};
      rows.WriteInput(key, input.data_ptr<float>());
      out.push_back(rows.Draw(key, net(input).data_ptr<float>()));
    }
    return out;
  }

  Table table;
  TableCodec codec;
  EncodedTable encoded;
  ConditionSampler conditions;
  GanRandom random;
  Ctgan ctgan;
  GanTrainer trainer;
};

TEST(Ctgan, LearnsWhatColumnsOweEachOther) {
  const TempDir dir;
  CtganOptions options = SmallOptions(40);
  options.schedule.generator_rate = options.schedule.critic_rate = 1e-3;
  options.generator_hidden = options.critic_hidden = {64, 64};
  SmallRun run(options, 2000, dir.File("checkpoint"));
  const absl::Status status = run.Train();
  ASSERT_TRUE(status.ok()) << status;
  const auto rows = run.Draw(2000, options);
  const auto any = [](const auto&) { return true; };
  const auto copied = [](const auto& r) { return r[0] == r[1]; };
  const auto near_mode = [](const auto& r) { return std::abs(r[2] - 10 * r[0]) < 3; };
  // Independent columns reach 0.38 for either; the data has 0.9 and 1.
  EXPECT_GT(Share(rows, copied, any), 0.7);
  EXPECT_GT(Share(rows, near_mode, any), 0.7);
  for (int kind = 0; kind < 3; ++kind) {
    const double want[] = {0.5, 0.3, 0.2};
    EXPECT_NEAR(Share(
                    rows, [&](const auto& r) { return r[0] == kind; }, any),
                want[kind], 0.08)
        << kind;
  }
}

TEST(Ctgan, GivesTheSameWeightsWhenARunIsStoppedAndContinued) {
  const TempDir dir;
  const CtganOptions options = SmallOptions(3);
  SmallRun unbroken(options, 500, dir.File("unbroken"));
  ASSERT_TRUE(unbroken.Train().ok());
  absl::Status status = absl::CancelledError("");
  int stops = 0;
  for (int patience = 2; absl::IsCancelled(status); patience += 3, ++stops) {
    ASSERT_LT(stops, 20);
    SmallRun broken(options, 500, dir.File("broken"));
    int steps = 0;
    status = broken.Train([&] { return ++steps > patience; });
    if (!status.ok()) continue;
    EXPECT_EQ(broken.Weights(), unbroken.Weights());
    ASSERT_EQ(broken.trainer.curve().size(), 3u);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(broken.trainer.curve()[i].critic_distance, unbroken.trainer.curve()[i].critic_distance);
    }
  }
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GT(stops, 2);
}

// A stop that is never asked for, before steps of which each takes `step`.
std::function<bool()> Tick(ManualClock* clock, std::chrono::seconds step) {
  return [=] {
    clock->Advance(step);
    return false;
  };
}

TEST(Ctgan, EndsWhenTheTimeOfAllAttemptsIsUpAndSaysSo) {
  const TempDir dir;
  const CtganOptions options = SmallOptions(100000);
  ManualClock clock;
  uint64_t steps = 0;
  for (double budget : {3.0, 5.0}) {
    SmallRun run(options, 500, "");
    GanTrainer trainer(&run.ctgan, {budget, dir.File("checkpoint"), 1e9, &clock}, &run.random);
    GanProgress last;
    ASSERT_TRUE(
        trainer.Train([&](const GanProgress& p) { last = p; }, Tick(&clock, std::chrono::seconds(1))).ok());
    steps = trainer.steps();
    EXPECT_EQ(trainer.seconds(), budget);
    EXPECT_EQ(last.fraction, 1);
    EXPECT_EQ(last.epoch, 1u);
  }
  EXPECT_EQ(steps, 5u);
}

TEST(Ctgan, MakesOneStepHoweverSmallTheBudgetIs) {
  const TempDir dir;
  SmallRun run(SmallOptions(100000), 500, "");
  ManualClock clock;
  GanTrainer trainer(&run.ctgan, {1e-9, dir.File("checkpoint"), 1e9, &clock}, &run.random);
  ASSERT_TRUE(trainer.Train([](const GanProgress&) {}, Tick(&clock, std::chrono::seconds(1))).ok());
  EXPECT_EQ(trainer.steps(), 1u);
}

TEST(Ctgan, WritesItsCheckpointAfterAsManyTrainedSeconds) {
  const TempDir dir;
  SmallRun run(SmallOptions(2), 500, "");
  ManualClock clock;
  const std::string checkpoint = dir.File("checkpoint");
  GanTrainer trainer(&run.ctgan, {0, checkpoint, 60, &clock}, &run.random);
  const auto tick = Tick(&clock, std::chrono::seconds(25));
  std::vector<bool> there;  // before each step
  const auto look = [&] {
    there.push_back(std::filesystem::exists(checkpoint));
    return tick();
  };
  ASSERT_TRUE(trainer.Train([](const GanProgress&) {}, look).ok());
  // Two epochs of five steps; the third step ends at 75 s.
  EXPECT_EQ(there, (std::vector<bool>{false, false, false, true, true, true, true, true, true, true}));
}

TEST(Ctgan, NamesTheStepAtWhichALossIsNoNumber) {
  const TempDir dir;
  SmallRun run(SmallOptions(2), 500, dir.File("checkpoint"));
  {
    at::NoGradGuard no_grad;
    run.ctgan.critic()->parameters()[0].fill_(NAN);
  }
  const absl::Status status = run.Train();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_NE(status.message().find("step 1"), absl::string_view::npos) << status;
}

TEST(Ctgan, RefusesACheckpointOfAnotherModel) {
  const TempDir dir;
  ASSERT_TRUE(SmallRun(SmallOptions(1), 500, dir.File("checkpoint")).Train().ok());
  CtganOptions other = SmallOptions(1);
  other.generator_hidden = {16};
  const absl::Status status = SmallRun(other, 500, dir.File("checkpoint")).Train();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  dir.Write("checkpoint", "rubbish");
  EXPECT_TRUE(absl::IsDataLoss(SmallRun(SmallOptions(1), 500, dir.File("checkpoint")).Train()));
}

TEST(RowNet, GivesWhatTheNetGivesInEvalMode) {
  GanRandom random(5, at::kCPU);
  GeneratorNet net({6, 4, {8, 8}, true}, &random);
  net.train();
  for (int i = 0; i < 20; ++i) net.Forward(random.Normal({50, 6}) * 3 + 1);
  net.eval();
  const at::Tensor x = random.Normal({9, 6});
  at::NoGradGuard no_grad;
  const at::Tensor want = net.Forward(x), got = RowNet(net, at::kCPU)(x);
  EXPECT_LT((want - got).abs().max().item<double>(), 1e-5);
  GeneratorNet plain({6, 4, {8}, false}, &random);
  EXPECT_LT((plain.Forward(x) - RowNet(plain, at::kCPU)(x)).abs().max().item<double>(), 1e-5);
}

}  // namespace
}  // namespace stanflow
