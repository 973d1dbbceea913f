#include "core/gan/flow_gan.h"

#include <algorithm>
#include <atomic>
#include <functional>

#include "core/gan/ctgan_flows.h"
#include "core/gan/wp_gan_flows.h"
#include "gtest/gtest.h"
#include "tests/support/sample_dataset.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_devices.h"

namespace stanflow {
namespace {

CtganOptions SmallCtgan() {
  CtganOptions options;
  options.schedule.epochs = 2;
  options.schedule.batch_rows = 50;
  options.generator_hidden = options.critic_hidden = {24, 24};
  return options;
}

WpGanOptions SmallWpGan(WpGanEncoding encoding) {
  WpGanOptions options;
  options.encoding = encoding;
  options.schedule.epochs = 2;
  options.schedule.batch_rows = 50;
  options.generator_hidden = options.critic_hidden = {24, 24};
  return options;
}

// A kind of GAN on a device, as both tests of training and of generating need it.
struct Kind {
  std::string name, device;
  std::function<absl::StatusOr<nlohmann::json>(const TrainingTask&, uint64_t max_rows)> train;
  std::function<absl::StatusOr<std::unique_ptr<Generator>>(BundleFolder)> load;
};

Kind WpGanKind(const std::string& name, const std::string& device, WpGanEncoding encoding) {
  const WpGanOptions options = SmallWpGan(encoding);
  return {name, device,
          [=](const TrainingTask& task, uint64_t max_rows) {
            return TrainWpGanFlows(task, "gan", nlohmann::json::object(), options, max_rows);
          },
          [=](BundleFolder folder) { return LoadWpGanFlows(std::move(folder), options, device); }};
}

std::vector<Kind> KindsOn(const std::string& device) {
  const CtganOptions ctgan = SmallCtgan();
  return {{"ctgan", device,
           [=](const TrainingTask& task, uint64_t max_rows) {
             return TrainCtganFlows(task, "gan", nlohmann::json::object(), ctgan, max_rows);
           },
           [=](BundleFolder folder) {
             return LoadCtganFlows(std::move(folder), ctgan, ClassFrequency::kData, device);
           }},
          WpGanKind("wp_gan_n", device, WpGanEncoding::kNumeric),
          WpGanKind("wp_gan_b", device, WpGanEncoding::kBinary),
          WpGanKind("wp_gan_e", device, WpGanEncoding::kEmbedding)};
}

std::vector<Kind> Kinds() {
  std::vector<Kind> all;
  for (const std::string& device : TestDevices()) {
    for (Kind& kind : KindsOn(device)) all.push_back(std::move(kind));
  }
  return all;
}

class FlowGans : public ::testing::TestWithParam<Kind> {
 protected:
  FlowGans() : dataset_(SampleDataset(dir_.File("data"), 3, 120)) {}

  TrainingTask Task(const std::string& name) const {
    TrainingTask task;
    task.dataset = dataset_.get();
    task.seed = 5;
    task.device = GetParam().device;
    task.checkpoint_dir = dir_.File(name + ".checkpoint");
    task.bundle_dir = dir_.File(name);
    return task;
  }
  absl::StatusOr<std::unique_ptr<Generator>> Load(const std::string& name) const {
    auto folder = ReadBundleFolder(dir_.File(name), "gan");
    if (!folder.ok()) return folder.status();
    return GetParam().load(*std::move(folder));
  }
  std::unique_ptr<Generator> Trained() const {
    const auto figures = GetParam().train(Task("model"), 1 << 20);
    EXPECT_TRUE(figures.ok()) << figures.status();
    auto generator = Load("model");
    EXPECT_TRUE(generator.ok()) << generator.status();
    return *std::move(generator);
  }

  TempDir dir_;
  std::unique_ptr<Dataset> dataset_;
};

std::vector<HostRow> Rows(const Generator& generator, Context* context, int count) {
  std::vector<HostRow> out(count);
  for (HostRow& row : out) EXPECT_TRUE(generator.Step({&context, 1}, {&row, 1}).ok());
  return out;
}

TEST_P(FlowGans, ARowDependsOnItsKeyAloneAndNotOnItsTileMatesNorItsPlace) {
  const auto generator = Trained();
  const auto tile = static_cast<uint32_t>(generator->info().tile_rows);
  std::vector<std::unique_ptr<Context>> owned;
  std::vector<Context*> contexts;
  for (uint32_t i = 0; i < tile; ++i) {
    owned.push_back(generator->NewContext({7, 1, i, 500}));
    contexts.push_back(owned.back().get());
  }
  std::vector<std::vector<HostRow>> together(tile);
  for (int step = 0; step < 5; ++step) {
    std::vector<HostRow> rows(tile);
    ASSERT_TRUE(generator->Step(contexts, absl::MakeSpan(rows)).ok());
    for (uint32_t i = 0; i < tile; ++i) together[i].push_back(rows[i]);
  }
  int differ = 0;
  for (uint32_t i = 0; i < tile; ++i) {
    const auto alone = generator->NewContext({7, 1, i, 500});
    EXPECT_EQ(Rows(*generator, alone.get(), 5), together[i]) << i;
    differ += !(together[i] == together[0]);
  }
  EXPECT_GT(differ, static_cast<int>(tile) / 2) << "all contexts make the same rows";
}

TEST_P(FlowGans, ClocksFollowTheDeltasAndCountsAreAtLeastOne) {
  const auto generator = Trained();
  const auto context = generator->NewContext({1, 0, 0, 5000});
  int64_t clock = 5000;
  for (const HostRow& row : Rows(*generator, context.get(), 200)) {
    EXPECT_EQ(row.end_ms, clock + int64_t{1000} * row.time_delta_s);
    EXPECT_GE(row.packets, 1u);
    EXPECT_GE(row.bytes, 1u);
    clock = row.end_ms;
  }
  EXPECT_EQ(context->clock_ms(), clock);
  EXPECT_EQ(generator->info().training_hosts, 3u);
}

TEST_P(FlowGans, MemoryIsThatOfTheNetAndOfTheWords) {
  const auto figures = GetParam().train(Task("model"), 1 << 20);
  ASSERT_TRUE(figures.ok()) << figures.status();
  const uint64_t net = sizeof(float) * figures->at("parameters").get<uint64_t>();
  const uint64_t memory = Load("model").value()->info().memory_bytes;
  EXPECT_GE(memory, net);
  EXPECT_EQ(memory > net, GetParam().name == "wp_gan_e");
}

TEST_P(FlowGans, ARestoredContextGoesOnAsTheSavedOne) {
  const auto generator = Trained();
  const auto context = generator->NewContext({9, 8, 7, 6000});
  Rows(*generator, context.get(), 11);
  std::string state;
  context->Save(&state);
  const auto restored = generator->RestoreContext(state);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(Rows(*generator, restored->get(), 9), Rows(*generator, context.get(), 9));
  EXPECT_TRUE(absl::IsDataLoss(generator->RestoreContext(state + "x").status()));
}

TEST_P(FlowGans, AContextThatFollowedHistoryGoesOnWithItsNextRowAtItsClock) {
  const auto generator = Trained();
  const auto drawn = generator->NewContext({9, 8, 7, 6000}), told = generator->NewContext({9, 8, 7, 6000});
  for (const HostRow& row : Rows(*generator, drawn.get(), 4)) {
    Context* context = told.get();
    ASSERT_TRUE(generator->Follow({&context, 1}, {&row, 1}).ok());
  }
  EXPECT_EQ(told->clock_ms(), drawn->clock_ms());
  EXPECT_EQ(Rows(*generator, told.get(), 5), Rows(*generator, drawn.get(), 5));
}

TEST_P(FlowGans, GiveTheSameBundleWhenARunIsStoppedAtAnyPointAndContinued) {
  ASSERT_TRUE(GetParam().train(Task("unbroken"), 300).ok());
  absl::StatusOr<nlohmann::json> figures = absl::CancelledError("");
  int stops = 0;
  for (int patience = 6; absl::IsCancelled(figures.status()); patience += 9, ++stops) {
    ASSERT_LT(stops, 30);
    std::atomic<int> asked{0};
    TrainingTask task = Task("broken");
    task.stop_requested = [&] { return ++asked > patience; };
    figures = GetParam().train(task, 300);
  }
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_GT(stops, 1);
  EXPECT_EQ(dir_.Read("broken/model.safetensors"), dir_.Read("unbroken/model.safetensors"));
  EXPECT_EQ(figures->at("training_rows"), 300);
}

TEST_P(FlowGans, RefuseABundleWhoseManifestLacksTheirFields) {
  Trained();
  auto folder = ReadBundleFolder(dir_.File("model"), "gan").value();
  folder.manifest.erase(folder.manifest.contains("columns") ? "columns" : "encoding");
  EXPECT_TRUE(absl::IsDataLoss(GetParam().load(folder).status()));
  folder = ReadBundleFolder(dir_.File("model"), "gan").value();
  folder.weights.tensors.erase("generator.last.bias");
  EXPECT_TRUE(absl::IsDataLoss(GetParam().load(folder).status()));
  folder = ReadBundleFolder(dir_.File("model"), "gan").value();
  folder.weights.tensors["stranger"] = folder.weights.tensors.begin()->second;
  EXPECT_TRUE(absl::IsDataLoss(GetParam().load(folder).status()));
}

INSTANTIATE_TEST_SUITE_P(All, FlowGans, ::testing::ValuesIn(Kinds()),
                         [](const auto& info) { return info.param.name + DeviceInName(info.param.device); });

TEST(CtganFlows, RefuseABatchThatIsNoMultipleOfPac) {
  CtganOptions options = SmallCtgan();
  options.schedule.batch_rows = 55;
  const auto status = TrainCtganFlows(TrainingTask(), "gan", nlohmann::json::object(), options, 100).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
}

}  // namespace
}  // namespace stanflow
