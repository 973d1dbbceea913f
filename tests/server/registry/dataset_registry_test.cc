#include "server/registry/dataset_registry.h"

#include <filesystem>
#include <fstream>

#include "core/dataset/manifest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/registry/registry_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class DatasetRegistryTest : public ::testing::Test {
 protected:
  std::string Made(const std::string& digest, const std::string& home = "10.0.0.0/16") {
    const std::string dir = dir_.path() + "/made" + std::to_string(++made_);
    EXPECT_TRUE(MakeDirectories(dir).ok());
    DatasetManifest manifest;
    manifest.name = "ugr";
    manifest.digest = digest;
    manifest.home = {*Cidr::Parse(home)};
    manifest.rows = 3;
    Write(dir + "/dataset.json", ManifestToJson(manifest).dump());
    return dir;
  }

  TempDir dir_;
  int made_ = 0;
  DatasetRegistry registry_{dir_.path()};
};

TEST_F(DatasetRegistryTest, ShowsADatasetOnceItIsPublished) {
  EXPECT_THAT(std::string(registry_.Get("dataset", "ugr").status().message()),
              HasSubstr("none has been imported"));
  ASSERT_TRUE(registry_.Publish(Made("d1"), "ugr", "j1").ok());
  const auto info = registry_.Get("dataset", "datasets/ugr");
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->manifest.rows, 3u);
  EXPECT_EQ(registry_.List()->size(), 1u);
  EXPECT_THAT(std::string(registry_.Get("dataset", "other").status().message()), HasSubstr("there are: ugr"));
}

TEST_F(DatasetRegistryTest, PublishesOnceForAJob) {
  const std::string made = Made("d1");
  ASSERT_TRUE(registry_.Publish(made, "ugr", "j1").ok());
  EXPECT_EQ(*registry_.Publish(made, "ugr", "j1"), "ugr");
}

TEST_F(DatasetRegistryTest, AnswersTheOneThereIsForTheSameFlowsAndRefusesOthers) {
  ASSERT_TRUE(registry_.Publish(Made("d1"), "ugr", "j1").ok());
  EXPECT_EQ(*registry_.Publish(Made("d1"), "ugr", "j2"), "ugr");
  EXPECT_TRUE(absl::IsAlreadyExists(registry_.Publish(Made("d2"), "ugr", "j3").status()));
  EXPECT_TRUE(absl::IsAlreadyExists(registry_.Publish(Made("d1", "10.1.0.0/16"), "ugr", "j4").status()));
}

TEST_F(DatasetRegistryTest, ReplacesWhatTheSameJobHasPublishedAndLeavesOpenFilesReadable) {
  ASSERT_TRUE(registry_.Replace(Made("d1"), "ugr", "j1", "").ok());
  std::ifstream former(dir_.path() + "/datasets/ugr/dataset.json");
  const std::string made = Made("d2");
  ASSERT_TRUE(registry_.Replace(made, "ugr", "j1", "").ok());
  EXPECT_EQ(registry_.Get("dataset", "ugr")->manifest.digest, "d2");
  EXPECT_FALSE(std::filesystem::exists(made));
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(former), {}), HasSubstr("d1"));
}

TEST_F(DatasetRegistryTest, ReplacesTheDatasetThatAJobBeganWithAndNoOther) {
  ASSERT_TRUE(registry_.Publish(Made("d1"), "ugr", "j1").ok());
  for (const char* base : {"", "d0"}) {
    const absl::Status refused = registry_.Replace(Made("d2"), "ugr", "j2", base);
    EXPECT_TRUE(absl::IsAlreadyExists(refused)) << refused;
  }
  EXPECT_EQ(registry_.Get("dataset", "ugr")->manifest.digest, "d1");
  ASSERT_TRUE(registry_.Replace(Made("d2"), "ugr", "j2", "d1").ok());
  ASSERT_TRUE(registry_.Replace(Made("d3"), "ugr", "j2", "d1").ok());
  EXPECT_EQ(registry_.Get("dataset", "ugr")->manifest.digest, "d3");
}

TEST_F(DatasetRegistryTest, FreesTheNameOfADeletedOne) {
  ASSERT_TRUE(registry_.Publish(Made("d1"), "ugr", "j1").ok());
  ASSERT_TRUE(registry_.Delete("ugr").ok());
  EXPECT_FALSE(registry_.Exists("ugr"));
  EXPECT_TRUE(absl::IsNotFound(registry_.Delete("ugr")));
  EXPECT_TRUE(registry_.Publish(Made("d2"), "ugr", "j2").ok());
}

}  // namespace
}  // namespace stanflow
