#include "core/export/file_parts.h"

#include <filesystem>
#include <set>
#include <utility>

#include "core/base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class ResolveFile : public ::testing::Test {
 protected:
  ResolveFile() { fs::create_directories(root()); }
  std::string root() const { return dir_.File("root"); }
  void ExpectRefused(const std::string& path, const std::string& why) {
    const auto file = ResolveFileIn(root(), path);
    EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_THAT(std::string(file.status().message()), HasSubstr(StrCat("file '", path, "' ", why)));
  }
  TempDir dir_;
};

TEST_F(ResolveFile, StartsInTheFolderAndMayGoDownIntoWhatIsNotThereYet) {
  EXPECT_EQ(ResolveFileIn(root(), "a.csv").value(), root() + "/a.csv");
  EXPECT_EQ(ResolveFileIn(root(), "new/deep/a.csv").value(), root() + "/new/deep/a.csv");
  EXPECT_EQ(ResolveFileIn(root(), "./x/../a.csv").value(), root() + "/a.csv");
  EXPECT_EQ(ResolveFileIn(root(), root() + "/b/a.csv").value(), root() + "/b/a.csv");
}

TEST_F(ResolveFile, TheFolderNeedNotBeThere) {
  EXPECT_EQ(ResolveFileIn(dir_.File("none"), "a").value(), dir_.File("none/a"));
}

TEST_F(ResolveFile, NoPathLeadsOut) {
  for (const std::string& path : {std::string("../a"), std::string("x/../../a"), std::string("/etc/passwd"),
                                  dir_.File("rootless"), std::string(".")}) {
    ExpectRefused(path, "leads out of the folder for files");
  }
}

TEST_F(ResolveFile, NoLinkLeadsOut) {
  fs::create_directories(dir_.File("outside"));
  fs::create_directory_symlink(dir_.File("outside"), root() + "/out");
  fs::create_symlink("../outside/a", root() + "/a");
  dir_.Write("outside/a", "");
  ExpectRefused("out/a", "leads out");
  ExpectRefused("out/new/a", "leads out");
  ExpectRefused("a", "leads out");
}

TEST_F(ResolveFile, ALinkToNowhereIsRefused) {
  fs::create_symlink(dir_.File("nowhere"), root() + "/a");
  ExpectRefused("a", "leads through a symbolic link to nowhere");
  ExpectRefused("a/b", "leads through a symbolic link to nowhere");
}

TEST_F(ResolveFile, ALinkWithinTheFolderIsFollowed) {
  fs::create_directories(root() + "/real");
  fs::create_directory_symlink(root() + "/real", root() + "/link");
  EXPECT_EQ(ResolveFileIn(root(), "link/a").value(), root() + "/real/a");
  fs::create_directory_symlink(root(), dir_.File("alias"));
  EXPECT_EQ(ResolveFileIn(dir_.File("alias"), "a").value(), root() + "/a");
}

TEST_F(ResolveFile, AFolderIsNoFile) {
  fs::create_directories(root() + "/folder");
  ExpectRefused("folder", "is a folder");
  ExpectRefused("x/..", "is a folder");
}

TEST(FileParts, AreNumberedBeforeTheExtension) {
  const FileParts parts("/d/flows.csv");
  EXPECT_EQ(parts.folder(), "/d");
  EXPECT_EQ(parts.Complete(1), "/d/flows.000001.csv");
  EXPECT_EQ(parts.Incomplete(1), "/d/flows.000001.csv.part");
  EXPECT_EQ(parts.Complete(1234567), "/d/flows.1234567.csv");
  EXPECT_EQ(FileParts("/d/flows").Complete(2), "/d/flows.000002");
  EXPECT_EQ(FileParts("/d/a.b.csv").Complete(2), "/d/a.b.000002.csv");
}

TEST(FileParts, FindThoseOfTheFileAndNoOthers) {
  TempDir dir;
  for (const char* name :
       {"f.000001.csv", "f.000002.csv.part", "f.1234567.csv", "f.csv", "f.1.csv", "f.0000003.csv",
        "f.00000x.csv", "g.000004.csv", "f.000005.jsonl", "f.000006.csv.part.part", "f.000007.csv.gz"}) {
    dir.Write(name, "");
  }
  const auto found = FileParts(dir.File("f.csv")).Find();
  ASSERT_TRUE(found.ok()) << found.status();
  std::set<std::pair<uint64_t, bool>> numbers;
  for (const auto& part : *found) numbers.insert({part.number, part.complete});
  EXPECT_EQ(numbers, (std::set<std::pair<uint64_t, bool>>{{1, true}, {2, false}, {1234567, true}}));
  EXPECT_TRUE(FileParts(dir.File("none/f.csv")).Find().value().empty());
}

TEST(FileParts, AnExtensionThatLooksUnfinishedIsAnExtension) {
  TempDir dir;
  const FileParts parts(dir.File("f.part"));
  dir.Write("f.000001.part", "");
  const auto found = parts.Find();
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_TRUE((*found)[0].complete);
}

}  // namespace
}  // namespace stanflow
