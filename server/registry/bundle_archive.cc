#include "server/registry/bundle_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr std::string_view kServersOwn = "publish.json";
// A bundle has two files; the rest is room for later ones.
constexpr size_t kMaxFiles = 32;

using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;
using Writer = std::unique_ptr<archive, decltype(&archive_write_free)>;
using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

std::string Why(archive* a) {
  const char* text = archive_error_string(a);
  return text == nullptr ? "unknown error" : text;
}

absl::Status Damaged(std::string_view why) {
  return absl::InvalidArgumentError(
      StrCat("bundle: ", why, "; send the tar file that 'models export' wrote"));
}

absl::Status WriteFailed(archive* a, const std::string& path) {
  const int error = archive_errno(a);
  return error > 0 ? ErrnoToStatus(error, "write", path)
                   : absl::InternalError(StrCat("write ", path, ": ", Why(a)));
}

absl::Status AppendFile(archive* out, const std::string& dir, const std::string& name,
                        const std::string& tar_path) {
  STANFLOW_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(dir + "/" + name));
  const Entry entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  if (archive_write_header(out, entry.get()) != ARCHIVE_OK) return WriteFailed(out, tar_path);
  std::string_view rest = file.bytes();
  while (!rest.empty()) {
    const la_ssize_t written = archive_write_data(out, rest.data(), std::min<size_t>(rest.size(), 1 << 20));
    if (written <= 0) return WriteFailed(out, tar_path);
    rest.remove_prefix(written);
  }
  return absl::OkStatus();
}

absl::Status CheckEntry(archive_entry* entry, const std::set<std::string>& seen) {
  const char* path = archive_entry_pathname(entry);
  if (path == nullptr || *path == '\0') return Damaged("an entry has no name");
  const std::string name = path;
  const bool plain = archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr &&
                     archive_entry_symlink(entry) == nullptr;
  if (!plain || name[0] == '.' || name.find('/') != name.npos || name.find('\\') != name.npos) {
    return Damaged(StrCat("the entry '", name, "' is not a plain file at the top level"));
  }
  if (seen.count(name) > 0) return Damaged(StrCat("the entry '", name, "' is there twice"));
  if (seen.size() >= kMaxFiles) return Damaged(StrCat("there are more than ", kMaxFiles, " files"));
  return absl::OkStatus();
}

absl::Status ExtractFile(archive* in, const std::string& path, uint64_t max_bytes, uint64_t* total) {
  STANFLOW_ASSIGN_OR_RETURN(FileWriter file, FileWriter::Create(path));
  std::vector<char> buffer(1 << 20);
  for (;;) {
    const la_ssize_t size = archive_read_data(in, buffer.data(), buffer.size());
    if (size == 0) return file.Finish();
    if (size < 0) return Damaged(Why(in));
    *total += size;
    if (*total > max_bytes) return Damaged(StrCat("more than ", max_bytes, " bytes unpacked"));
    STANFLOW_RETURN_IF_ERROR(file.Append({buffer.data(), static_cast<size_t>(size)}));
  }
}

}  // namespace

absl::Status WriteBundleArchive(const std::string& bundle_dir, const std::string& tar_path) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator it(bundle_dir, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (it->is_regular_file() && name != kServersOwn) names.push_back(name);
  }
  if (error) return ErrnoToStatus(error.value(), "read the folder", bundle_dir);
  std::sort(names.begin(), names.end());
  const Writer out(archive_write_new(), archive_write_free);
  archive_write_set_format_pax_restricted(out.get());
  if (archive_write_open_filename(out.get(), tar_path.c_str()) != ARCHIVE_OK) {
    return WriteFailed(out.get(), tar_path);
  }
  for (const std::string& name : names)
    STANFLOW_RETURN_IF_ERROR(AppendFile(out.get(), bundle_dir, name, tar_path));
  return archive_write_close(out.get()) == ARCHIVE_OK ? absl::OkStatus() : WriteFailed(out.get(), tar_path);
}

absl::Status ReadBundleArchive(const std::string& tar_path, const std::string& dir, uint64_t max_bytes) {
  const Reader in(archive_read_new(), archive_read_free);
  archive_read_support_format_tar(in.get());
  if (archive_read_open_filename(in.get(), tar_path.c_str(), 1 << 16) != ARCHIVE_OK)
    return Damaged(Why(in.get()));
  std::set<std::string> seen;
  uint64_t total = 0;
  for (;;) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(in.get(), &entry);
    if (result == ARCHIVE_EOF) break;
    if (result != ARCHIVE_OK) return Damaged(Why(in.get()));
    STANFLOW_RETURN_IF_ERROR(CheckEntry(entry, seen));
    const std::string name = archive_entry_pathname(entry);
    seen.insert(name);
    if (name == kServersOwn) continue;
    STANFLOW_RETURN_IF_ERROR(ExtractFile(in.get(), StrCat(dir, "/", name), max_bytes, &total));
  }
  if (seen.count("manifest.json") == 0) return Damaged("there is no manifest.json in it");
  return SyncDirectory(dir);
}

}  // namespace stanflow
