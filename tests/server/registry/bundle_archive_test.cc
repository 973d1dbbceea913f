#include "server/registry/bundle_archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/registry/registry_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kLimit = 1 << 20;

class BundleArchiveTest : public ::testing::Test {
 protected:
  std::string tar() const { return dir_.path() + "/bundle.tar"; }
  std::string out() const { return dir_.path() + "/out"; }

  // A tar file of one entry, of whatever name and type somebody might think of.
  void WriteEntry(const char* name, unsigned type, const char* link = nullptr) {
    archive* const a = archive_write_new();
    archive_write_set_format_pax_restricted(a);
    ASSERT_EQ(archive_write_open_filename(a, tar().c_str()), ARCHIVE_OK);
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, type == AE_IFREG ? 2 : 0);
    if (link != nullptr) archive_entry_set_symlink(entry, link);
    ASSERT_EQ(archive_write_header(a, entry), ARCHIVE_OK);
    if (type == AE_IFREG) archive_write_data(a, "{}", 2);
    archive_entry_free(entry);
    archive_write_free(a);
  }
  absl::Status Read(uint64_t limit = kLimit) {
    std::filesystem::create_directories(out());
    return ReadBundleArchive(tar(), out(), limit);
  }

  TempDir dir_;
};

TEST_F(BundleArchiveTest, BringsABundleOverUnchanged) {
  const std::string bundle = MakeBundle(dir_.path() + "/bundle", std::string(100000, 'w'));
  Write(bundle + "/publish.json", R"({"job_id":"j1"})");
  ASSERT_TRUE(WriteBundleArchive(bundle, tar()).ok());
  ASSERT_TRUE(Read().ok());
  EXPECT_EQ(*ReadFile(out() + "/model.safetensors"), std::string(100000, 'w'));
  EXPECT_EQ(*ReadFile(out() + "/manifest.json"), *ReadFile(bundle + "/manifest.json"));
  EXPECT_FALSE(std::filesystem::exists(out() + "/publish.json")) << "the server's own file stays here";
}

TEST_F(BundleArchiveTest, RefusesEveryEntryThatIsNotAPlainFileAtTheTop) {
  const struct {
    const char* name;
    unsigned type;
    const char* link;
  } cases[] = {{"../manifest.json", AE_IFREG, nullptr},  {"/tmp/manifest.json", AE_IFREG, nullptr},
               {"sub/manifest.json", AE_IFREG, nullptr}, {"manifest.json", AE_IFLNK, "/etc/passwd"},
               {"manifest.json", AE_IFDIR, nullptr},     {".hidden", AE_IFREG, nullptr}};
  for (const auto& c : cases) {
    WriteEntry(c.name, c.type, c.link);
    const absl::Status status = Read();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << c.name << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("plain file")) << c.name;
  }
  EXPECT_TRUE(std::filesystem::is_empty(out()));
}

TEST_F(BundleArchiveTest, RefusesWhatUnpacksToMoreThanTheLimit) {
  ASSERT_TRUE(WriteBundleArchive(MakeBundle(dir_.path() + "/bundle", std::string(5000, 'w')), tar()).ok());
  const absl::Status status = Read(/*limit=*/4000);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("4000"));
}

TEST_F(BundleArchiveTest, RefusesATarFileThatWasCutOff) {
  ASSERT_TRUE(WriteBundleArchive(MakeBundle(dir_.path() + "/bundle", std::string(50000, 'w')), tar()).ok());
  std::filesystem::resize_file(tar(), 30000);
  EXPECT_TRUE(absl::IsInvalidArgument(Read()));
}

TEST_F(BundleArchiveTest, RefusesWhatIsNoTarFileAndWhatHasNoManifest) {
  Write(tar(), "this is a letter, not an archive");
  EXPECT_TRUE(absl::IsInvalidArgument(Read()));
  WriteEntry("other.json", AE_IFREG);
  EXPECT_THAT(std::string(Read().message()), HasSubstr("manifest.json"));
}

}  // namespace
}  // namespace stanflow
