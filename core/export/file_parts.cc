#include "core/export/file_parts.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "core/base/file.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace fs = std::filesystem;

constexpr size_t kDigits = 6;
constexpr const char* kIncomplete = ".part";

absl::Status Refused(const std::string& path, std::string_view why) {
  return absl::InvalidArgumentError(StrCat("file '", path, "' ", why));
}

bool IsBelow(const fs::path& folder, const fs::path& path) {
  const auto differ = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return differ.first == folder.end() && differ.second != path.end();
}

// Resolving stops at what is not there, and a link to nowhere counts as such: whoever opens it follows it.
bool HasDanglingLink(const fs::path& resolved) {
  fs::path prefix;
  for (const fs::path& name : resolved) {
    prefix /= name;
    std::error_code error;
    if (fs::is_symlink(fs::symlink_status(prefix, error))) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<std::string> ResolveFileIn(const std::string& folder, const std::string& path) {
  std::error_code error;
  // Absolute first: what is not there is resolved only as far as it is written.
  const fs::path root = fs::weakly_canonical(fs::absolute(folder, error), error);
  if (error) return ErrnoToStatus(error.value(), "can't resolve", folder);
  const fs::path file = fs::weakly_canonical(root / path, error);
  if (error) return Refused(path, StrCat("can't be resolved: ", error.message()));
  if (!IsBelow(root, file))
    return Refused(path, StrCat("leads out of the folder for files, ", root.string(),
                                "; give a path in it, or name another folder as streams.file_dir"));
  if (HasDanglingLink(file)) return Refused(path, "leads through a symbolic link to nowhere");
  if (fs::is_directory(file, error)) return Refused(path, "is a folder");
  return file.string();
}

FileParts::FileParts(const std::string& path)
    : folder_(fs::path(path).parent_path().string()),
      stem_(fs::path(path).stem().string()),
      extension_(fs::path(path).extension().string()) {}

std::string FileParts::Complete(uint64_t number) const {
  return absl::StrFormat("%s/%s.%0*d%s", folder_, stem_, int{kDigits}, number, extension_);
}

std::optional<uint64_t> FileParts::NumberOf(std::string_view name) const {
  const size_t around = stem_.size() + 1 + extension_.size();
  if (name.size() < around + kDigits) return std::nullopt;
  uint64_t number = 0;
  if (!absl::SimpleAtoi(ToAbsl(name.substr(stem_.size() + 1, name.size() - around)), &number)) {
    return std::nullopt;
  }
  if (Complete(number) != StrCat(folder_, "/", name)) return std::nullopt;
  return number;
}

absl::StatusOr<std::vector<FileParts::Found>> FileParts::Find() const {
  std::vector<Found> found;
  std::error_code error;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (const auto number = NumberOf(name)) {
      found.push_back({*number, true});
    } else if (fs::path(name).extension() == kIncomplete) {
      if (const auto begun = NumberOf(fs::path(name).stem().string())) found.push_back({*begun, false});
    }
  }
  if (error && error.value() != ENOENT) return ErrnoToStatus(error.value(), "can't look into", folder_);
  return found;
}

}  // namespace stanflow
