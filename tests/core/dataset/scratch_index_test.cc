#include "core/dataset/scratch_index.h"

#include <filesystem>

#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

TEST(ScratchIndex, HoldsNumbersAndIsGoneAfterwards) {
  TempDir dir;
  {
    auto index = ScratchIndex::Create(dir.File("i"), 100'000);
    ASSERT_TRUE(index.ok()) << index.status();
    for (size_t i = 0; i < 100'000; ++i) index->values()[i] = i * i;
    EXPECT_EQ(index->values()[99'999], uint64_t{99'999} * 99'999);
    EXPECT_EQ(std::filesystem::file_size(dir.File("i")), 800'000u);
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

TEST(ScratchIndex, MayBeEmpty) {
  TempDir dir;
  EXPECT_TRUE(ScratchIndex::Create(dir.File("i"), 0)->values().empty());
}

TEST(ScratchIndex, MoreThanTheDiskHoldsIsAnErrorAndLeavesNothing) {
  TempDir dir;
  EXPECT_FALSE(ScratchIndex::Create(dir.File("i"), size_t{1} << 55).ok());
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

}  // namespace
}  // namespace stanflow
