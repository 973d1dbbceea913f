#include <filesystem>

#include "core/dataset/columns.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/dataset/dataset_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

class DamagedDataset : public ::testing::Test {
 protected:
  void SetUp() override { MakeDataset(dir_.File("d"), AnyFlows(200, 3, 2, true), "hours=odd"); }
  // The error of opening, which must be DATA_LOSS.
  std::string Error(bool verify_digest = false) {
    const absl::Status status = Dataset::Open(dir_.File("d"), verify_digest).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    return std::string(status.message());
  }
  TempDir dir_;
};

TEST_F(DamagedDataset, AMissingColumnIsNamed) {
  for (int c = 0; c < kNumColumns; ++c) {
    const std::string file = dir_.File("d/" + GetColumnFile(c).file());
    std::filesystem::rename(file, file + ".away");
    EXPECT_THAT(Error(), HasSubstr(GetColumnFile(c).file()));
    std::filesystem::rename(file + ".away", file);
  }
  EXPECT_TRUE(Dataset::Open(dir_.File("d"), true).ok());
}

TEST_F(DamagedDataset, AShortOrLongColumnIsNamedWithItsSize) {
  for (int c = 0; c < kNumColumns; ++c) {
    const std::string name = "d/" + GetColumnFile(c).file(), bytes = dir_.Read(name);
    dir_.Write(name, bytes.substr(1));
    EXPECT_THAT(Error(), HasSubstr(GetColumnFile(c).file()));
    dir_.Write(name, bytes + "x");
    EXPECT_THAT(Error(), HasSubstr("bytes, "));
    dir_.Write(name, bytes);
  }
}

TEST_F(DamagedDataset, AnAlteredColumnIsSeenByItsDigest) {
  for (int c = 0; c < kNumFlowColumns; ++c) {
    const std::string name = "d/" + GetColumnFile(c).file(), bytes = dir_.Read(name);
    std::string altered = bytes;
    altered[altered.size() / 2] = static_cast<char>(altered[altered.size() / 2] ^ 1);
    dir_.Write(name, altered);
    EXPECT_THAT(Error(/*verify_digest=*/true), HasSubstr("digest"));
    EXPECT_TRUE(Dataset::Open(dir_.File("d"), /*verify_digest=*/false).ok());
    dir_.Write(name, bytes);
  }
}

TEST_F(DamagedDataset, HostsThatDoNotCoverTheRowsAreRefused) {
  const std::string name = "d/host_begin.bin", bytes = dir_.Read(name);
  std::string altered = bytes;
  altered[8] = '\xff';
  altered[15] = '\x7f';
  dir_.Write(name, altered);
  EXPECT_THAT(Error(), HasSubstr("host_begin.bin"));
}

TEST_F(DamagedDataset, AManifestThatIsNoneIsRefused) {
  dir_.Write("d/dataset.json", "{");
  EXPECT_THAT(Error(), HasSubstr("not JSON"));
  dir_.Write("d/dataset.json", R"({"format_version": 1})");
  EXPECT_THAT(Error(), HasSubstr("name"));
  dir_.Write("d/dataset.json", R"({"format_version": 2})");
  EXPECT_TRUE(absl::IsFailedPrecondition(Dataset::Open(dir_.File("d")).status()));
  EXPECT_TRUE(absl::IsNotFound(Dataset::Open(dir_.File("nowhere")).status()));
}

}  // namespace
}  // namespace stanflow
