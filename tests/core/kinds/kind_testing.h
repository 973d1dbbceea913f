#ifndef STANFLOW_TESTS_CORE_KINDS_KIND_TESTING_H_
#define STANFLOW_TESTS_CORE_KINDS_KIND_TESTING_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/kinds/model_kind.h"
#include "gtest/gtest.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {

// A small dataset, and models of any kind trained on it.
class KindTest : public ::testing::Test {
 protected:
  std::unique_ptr<Dataset> Data(std::string_view holdout = "hours=odd") {
    std::vector<Flow> flows = AnyFlows(3000, 6, 8, true);
    for (Flow& flow : flows) flow.duration_ms = flow.duration_ms / 4 * 4;
    return MakeDataset(dir_.File("data"), flows, holdout);
  }
  TrainingTask Task(const Dataset& dataset, std::map<std::string, std::string> options = {}) const {
    TrainingTask task;
    task.dataset = &dataset;
    task.options = std::move(options);
    task.seed = 1;
    task.created_ms = 1234;
    task.checkpoint_dir = dir_.File("checkpoint");
    task.bundle_dir = bundle();
    task.progress = [](const TrainerProgress&) {};
    task.stop_requested = [] { return false; };
    return task;
  }
  nlohmann::json Manifest() const { return nlohmann::json::parse(dir_.Read("bundle/manifest.json")); }
  std::string bundle() const { return dir_.File("bundle"); }

  static std::vector<HostRow> Draw(const Generator& generator, const ContextKey& key, int count) {
    const auto owned = generator.NewContext(key);
    Context* context = owned.get();
    std::vector<HostRow> rows(count);
    for (HostRow& row : rows) EXPECT_TRUE(generator.Step({&context, 1}, {&row, 1}).ok());
    return rows;
  }

  TempDir dir_;
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_KINDS_KIND_TESTING_H_
