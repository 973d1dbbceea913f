#include "core/base/file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "core/base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

size_t EntriesOf(const std::string& dir) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(dir), {}));
}

TEST(File, ADurableWriteIsReadBackAndLeavesNothingElseBehind) {
  TempDir dir;
  const std::string path = dir.File("file");
  const std::string contents("bytes\0with a nul", 16);
  ASSERT_TRUE(WriteFileDurably(path, "old").ok());
  ASSERT_TRUE(WriteFileDurably(path, contents).ok());
  EXPECT_EQ(ReadFile(path).value(), contents);
  EXPECT_EQ(FileSize(path).value(), contents.size());
  EXPECT_EQ(EntriesOf(dir.path()), 1u);
}

TEST(File, AFailedWriteKeepsTheOldFileAndNamesThePlace) {
  TempDir dir;
  std::filesystem::create_directory(dir.File("folder"));
  dir.Write("folder/inside", "kept");
  const absl::Status status = WriteFileDurably(dir.File("folder"), "new");
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(dir.File("folder")));
  EXPECT_EQ(dir.Read("folder/inside"), "kept");
  EXPECT_EQ(EntriesOf(dir.path()), 1u);
}

TEST(File, MissingFilesAreNotFound) {
  TempDir dir;
  EXPECT_TRUE(absl::IsNotFound(ReadFile(dir.File("x")).status()));
  EXPECT_TRUE(absl::IsNotFound(FileSize(dir.File("x")).status()));
  EXPECT_TRUE(absl::IsNotFound(MappedFile::Open(dir.File("x")).status()));
}

TEST(File, AFullDiskIsResourceExhausted) {
  EXPECT_TRUE(absl::IsResourceExhausted(ErrnoToStatus(ENOSPC, "can't write", "f")));
  // The device that is always full.
  auto writer = FileWriter::Create("/dev/full");
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE(writer->Append("x").ok());
  EXPECT_TRUE(absl::IsResourceExhausted(writer->FinishWithoutSync()));
}

TEST(File, AWriterKeepsTheOrderOfPiecesLargerThanItsBuffer) {
  TempDir dir;
  auto writer = FileWriter::Create(dir.File("big"));
  ASSERT_TRUE(writer.ok());
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    const std::string piece(20000 + i * 7, static_cast<char>('a' + i % 26));
    expected += piece;
    ASSERT_TRUE(writer->Append(piece).ok());
  }
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_EQ(ReadFile(dir.File("big")).value(), expected);
}

TEST(File, AWriterGoesOnWhereItIsToldAndCutsOffTheRest) {
  TempDir dir;
  const std::string path = dir.Write("f", "kept, lost");
  auto writer = FileWriter::Continue(path, 6);
  ASSERT_TRUE(writer.ok()) << writer.status();
  EXPECT_EQ(dir.Read("f"), "kept, ");
  ASSERT_TRUE(writer->Append("new").ok());
  ASSERT_TRUE(writer->Sync().ok());
  EXPECT_EQ(dir.Read("f"), "kept, new");
  ASSERT_TRUE(writer->Append(" and more").ok());
  ASSERT_TRUE(writer->Finish().ok());
  EXPECT_EQ(dir.Read("f"), "kept, new and more");
}

TEST(File, AFileThatIsTooShortToGoOnIsLostDataAndStaysAsItIs) {
  TempDir dir;
  const std::string path = dir.Write("f", "short");
  EXPECT_EQ(FileWriter::Continue(path, 6).status(),
            absl::DataLossError(StrCat(path, " has 5 bytes; 6 were written")));
  EXPECT_EQ(dir.Read("f"), "short");
  EXPECT_TRUE(absl::IsNotFound(FileWriter::Continue(dir.File("none"), 0).status()));
}

TEST(File, ANewFileIsNeverOneThatIsThereNorALinksTarget) {
  TempDir dir;
  EXPECT_TRUE(FileWriter::CreateNew(dir.File("new")).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(FileWriter::CreateNew(dir.File("new")).status()));
  std::filesystem::create_symlink(dir.File("target"), dir.File("link"));
  EXPECT_TRUE(absl::IsAlreadyExists(FileWriter::CreateNew(dir.File("link")).status()));
  dir.Write("target", "x");
  EXPECT_FALSE(FileWriter::Continue(dir.File("link"), 0).ok());
  EXPECT_EQ(dir.Read("target"), "x");
}

TEST(File, PublishingADirectoryMovesItWholeAndNeverOverAnother) {
  TempDir dir;
  ASSERT_TRUE(MakeDirectories(dir.File("a/temp")).ok());
  ASSERT_TRUE(MakeDirectories(dir.File("a/temp")).ok());
  dir.Write("a/temp/file", "x");
  ASSERT_TRUE(PublishDirectory(dir.File("a/temp"), dir.File("published")).ok());
  EXPECT_EQ(dir.Read("published/file"), "x");
  EXPECT_FALSE(std::filesystem::exists(dir.File("a/temp")));
  ASSERT_TRUE(MakeDirectories(dir.File("a/second")).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(PublishDirectory(dir.File("a/second"), dir.File("published"))));
  EXPECT_EQ(dir.Read("published/file"), "x");
}

TEST(File, ExchangesTheNamesOfTwoFolders) {
  TempDir dir;
  ASSERT_TRUE(MakeDirectories(dir.File("a")).ok());
  ASSERT_TRUE(MakeDirectories(dir.File("b")).ok());
  dir.Write("a/file", "of a");
  dir.Write("b/file", "of b");
  ASSERT_TRUE(ExchangeDirectories(dir.File("a"), dir.File("b")).ok());
  EXPECT_EQ(dir.Read("a/file"), "of b");
  EXPECT_EQ(dir.Read("b/file"), "of a");
  EXPECT_TRUE(absl::IsNotFound(ExchangeDirectories(dir.File("a"), dir.File("c"))));
  EXPECT_EQ(dir.Read("a/file"), "of b");
}

TEST(File, MakingAFolderMakesItsParentsHoweverThePathIsWritten) {
  TempDir dir;
  for (const char* path : {"a/b/c", "a/d/", "a//e", "a", "f/../g"}) {
    const absl::Status made = MakeDirectories(dir.File(path));
    EXPECT_TRUE(made.ok()) << made;
    EXPECT_TRUE(std::filesystem::is_directory(dir.File(path))) << path;
  }
  dir.Write("file", "x");
  EXPECT_THAT(std::string(MakeDirectories(dir.File("file/h")).message()), HasSubstr(dir.File("file/h")));
}

TEST(File, RemovingWhatIsNotThereIsFine) {
  TempDir dir;
  dir.Write("f", "x");
  EXPECT_TRUE(RemoveAll(dir.File("f")).ok());
  EXPECT_TRUE(RemoveAll(dir.File("f")).ok());
  EXPECT_EQ(EntriesOf(dir.path()), 0u);
}

TEST(FileLock, ExcludesASecondHolderUntilItIsReleased) {
  TempDir dir;
  auto first = FileLock::TryAcquire(dir.File("lock"));
  ASSERT_TRUE(first.ok());
  const auto second = FileLock::TryAcquire(dir.File("lock"));
  ASSERT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(StrCat("pid ", ::getpid())));
  { const FileLock released = std::move(*first); }
  EXPECT_TRUE(FileLock::TryAcquire(dir.File("lock")).ok());
}

TEST(FileLock, IsHeldEvenIfTheDiskHasNoRoomForTheHoldersId) {
  // The device that is always full.
  const auto lock = FileLock::TryAcquire("/dev/full");
  EXPECT_TRUE(lock.ok()) << lock.status();
}

TEST(FileLock, IsReleasedByTheDeathOfItsProcess) {
  TempDir dir;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FileLock::TryAcquire(dir.File("lock"));
    const char answer = lock.ok() ? 'y' : 'n';
    if (::write(ready[1], &answer, 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_FALSE(FileLock::TryAcquire(dir.File("lock")).ok());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(FileLock::TryAcquire(dir.File("lock")).ok());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(MappedFile, ShowsTheFileAsBytesAndAsNumbers) {
  TempDir dir;
  const uint32_t numbers[] = {1, 2, 0xFFFFFFFF};
  dir.Write("f", {reinterpret_cast<const char*>(numbers), sizeof(numbers)});
  const auto file = MappedFile::Open(dir.File("f"));
  ASSERT_TRUE(file.ok());
  ASSERT_EQ(file->size(), sizeof(numbers));
  EXPECT_EQ(file->As<uint32_t>()[2], 0xFFFFFFFF);
}

TEST(MappedFile, AnEmptyFileIsNoError) {
  TempDir dir;
  const auto file = MappedFile::Open(dir.Write("empty", ""));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->bytes(), "");
}

}  // namespace
}  // namespace stanflow
