#include "client/cli/lib/input_files.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace fs = std::filesystem;

constexpr char kStandardInput[] = "-";

bool IsHidden(const fs::path& path) { return path.filename().string()[0] == '.'; }

absl::Status AddFolder(const std::string& folder, std::vector<std::string>* paths) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;  // an entry that vanishes is none
    if (IsHidden(it->path())) {
      if (it->is_directory(ignored)) it.disable_recursion_pending();
    } else if (it->is_regular_file(ignored)) {
      found.push_back(it->path().string());
    }
  }
  if (error) return ErrnoToStatus(error.value(), "can't list", folder);
  if (found.empty()) return absl::NotFoundError(StrCat(folder, " has no files"));
  std::sort(found.begin(), found.end());
  paths->insert(paths->end(), found.begin(), found.end());
  return absl::OkStatus();
}

// A file or a folder that is there.
absl::Status AddThere(const std::string& path, std::vector<std::string>* paths) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return AddFolder(path, paths);
  paths->push_back(path);
  return absl::OkStatus();
}

absl::Status AddPattern(const std::string& pattern, std::vector<std::string>* paths) {
  glob_t found = {};
  const int error = ::glob(pattern.c_str(), 0, nullptr, &found);
  absl::Status status;
  for (size_t i = 0; i < found.gl_pathc && status.ok(); ++i) status = AddThere(found.gl_pathv[i], paths);
  ::globfree(&found);
  if (error == GLOB_NOMATCH) return absl::NotFoundError(StrCat("there is no file '", pattern, "'"));
  if (error != 0) return absl::InternalError(StrCat("can't look for the files of '", pattern, "'"));
  return status;
}

absl::Status Add(const std::string& word, std::vector<std::string>* paths) {
  std::error_code ignored;
  const bool there = word == kStandardInput || fs::exists(word, ignored);
  return there ? AddThere(word, paths) : AddPattern(word, paths);
}

// Empty files are set apart: a collector leaves one for a quarter of an hour without flows.
absl::Status SetEmptyApart(InputFiles* files) {
  const std::vector<std::string> all = std::exchange(files->paths, {});
  for (const std::string& path : all) {
    STANFLOW_ASSIGN_OR_RETURN(const uint64_t size, FileSize(path));
    (size == 0 ? files->skipped : files->paths).push_back(path);
  }
  if (!files->paths.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat("all ", all.size(), " files are empty, such as ", all[0]));
}

}  // namespace

absl::StatusOr<InputFiles> FindInputFiles(const std::vector<std::string>& words) {
  InputFiles files;
  for (const std::string& word : words) STANFLOW_RETURN_IF_ERROR(Add(word, &files.paths));
  files.single = words.size() == 1 && files.paths == words;
  if (files.single) return files;
  if (std::find(words.begin(), words.end(), kStandardInput) != words.end()) {
    return absl::InvalidArgumentError("'-', standard input, can't be one of several files");
  }
  STANFLOW_RETURN_IF_ERROR(SetEmptyApart(&files));
  return files;
}

}  // namespace stanflow
