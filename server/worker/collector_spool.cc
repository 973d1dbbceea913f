#include "server/worker/collector_spool.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace fs = std::filesystem;

constexpr char kFinished[] = "nfcapd.2", kCurrent[] = "nfcapd.current";

// Names of the files in `dir` that begin with `prefix`, sorted: nfcapd's say their time.
absl::StatusOr<std::vector<std::string>> FilesIn(const std::string& dir, const std::string& prefix) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    std::string name = it->path().filename().string();
    if (absl::StartsWith(name, prefix)) names.push_back(std::move(name));
  }
  if (error) return ErrnoToStatus(error.value(), "can't list", dir);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

absl::StatusOr<CollectorSpool> CollectorSpool::Open(const std::string& dir, uint64_t through,
                                                    const std::vector<std::string>& given_up) {
  CollectorSpool spool(dir);
  spool.last_number_ = through;
  spool.given_up_ = given_up;
  STANFLOW_RETURN_IF_ERROR(spool.RemoveGivenUp());
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(spool.incoming_));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(spool.claimed_dir_));
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<std::string> names, FilesIn(spool.claimed_dir_, ""));
  for (const std::string& name : names) {
    File file;
    file.number = std::strtoull(name.c_str(), nullptr, 10);
    file.name = name.substr(name.find('-') + 1);
    file.path = StrCat(spool.claimed_dir_, "/", name);
    if (file.number <= through) {
      STANFLOW_RETURN_IF_ERROR(RemoveAll(file.path));
      continue;
    }
    STANFLOW_ASSIGN_OR_RETURN(file.bytes, FileSize(file.path));
    spool.claimed_bytes_ += file.bytes;
    spool.last_number_ = std::max(spool.last_number_, file.number);
    spool.claimed_.push_back(std::move(file));
  }
  return spool;
}

absl::Status CollectorSpool::Claim() {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<std::string> names, FilesIn(incoming_, kFinished));
  for (const std::string& name : names) {
    File file;
    file.number = last_number_ + 1;
    file.name = name;
    // Wide enough that names sort as numbers do.
    file.path = absl::StrFormat("%s/%012d-%s", claimed_dir_, file.number, name);
    const std::string from = StrCat(incoming_, "/", name);
    if (std::rename(from.c_str(), file.path.c_str()) != 0) {
      return ErrnoToStatus(errno, "can't claim", from);
    }
    STANFLOW_ASSIGN_OR_RETURN(file.bytes, FileSize(file.path));
    last_number_ = file.number;
    claimed_bytes_ += file.bytes;
    claimed_.push_back(std::move(file));
  }
  return absl::OkStatus();
}

absl::Status CollectorSpool::RemoveOldest() {
  STANFLOW_RETURN_IF_ERROR(RemoveAll(claimed_.front().path));
  claimed_bytes_ -= claimed_.front().bytes;
  claimed_.pop_front();
  return absl::OkStatus();
}

void CollectorSpool::GiveUpNewest() {
  given_up_.push_back(claimed_.back().path.substr(dir_.size() + 1));
  claimed_bytes_ -= claimed_.back().bytes;
  claimed_.pop_back();
}

absl::StatusOr<uint64_t> CollectorSpool::GiveUpUnfinished() {
  STANFLOW_ASSIGN_OR_RETURN(const std::vector<std::string> names, FilesIn(incoming_, kCurrent));
  uint64_t count = 0;
  for (const std::string& name : names) {
    std::string given_up = StrCat("incoming/", name);
    if (std::find(given_up_.begin(), given_up_.end(), given_up) != given_up_.end()) continue;
    given_up_.push_back(std::move(given_up));
    ++count;
  }
  return count;
}

absl::Status CollectorSpool::RemoveGivenUp() {
  for (const std::string& name : given_up_) STANFLOW_RETURN_IF_ERROR(RemoveAll(StrCat(dir_, "/", name)));
  given_up_.clear();
  return absl::OkStatus();
}

uint64_t CollectorSpool::bytes() const {
  uint64_t bytes = claimed_bytes_;
  const auto names = FilesIn(incoming_, "nfcapd.");
  if (!names.ok()) return bytes;
  for (const std::string& name : *names) bytes += FileSize(StrCat(incoming_, "/", name)).value_or(0);
  return bytes;
}

}  // namespace stanflow
