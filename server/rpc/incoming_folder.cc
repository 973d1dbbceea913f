#include "server/rpc/incoming_folder.h"

#include <utility>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "server/registry/folder.h"
#include "server/rpc/status.h"

namespace stanflow {
namespace {

absl::Status CheckSum(uint64_t max_bytes, const std::vector<IncomingFileLimits>& files) {
  uint64_t left = max_bytes;
  for (const IncomingFileLimits& file : files) {
    if (file.expected_bytes > left) {
      return FieldError("files",
                        StrCat("more than ", max_bytes, " bytes in all, the most this server takes"));
    }
    left -= file.expected_bytes;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<IncomingFolder>> IncomingFolder::Create(
    const std::string& dir, uint64_t max_bytes, std::vector<IncomingFileLimits> files) {
  STANFLOW_RETURN_IF_ERROR(CheckSum(max_bytes, files));
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(dir));
  STANFLOW_ASSIGN_OR_RETURN(std::string path, MakeScratchFolder(dir));
  std::unique_ptr<IncomingFolder> folder(new IncomingFolder(dir, std::move(path), std::move(files)));
  STANFLOW_RETURN_IF_ERROR(folder->Begin());
  return folder;
}

IncomingFolder::~IncomingFolder() {
  file_ = nullptr;
  if (!path_.empty()) RemoveAll(path_).IgnoreError();
}

absl::Status IncomingFolder::Append(std::string_view data) {
  while (!data.empty()) {
    if (file_ == nullptr) return FieldError("data", "more bytes than 'files' have");
    const std::string_view part = data.substr(0, left_);
    STANFLOW_RETURN_IF_ERROR(InFile(file_->Append(part)));
    data.remove_prefix(part.size());
    left_ -= part.size();
    if (left_ == 0) STANFLOW_RETURN_IF_ERROR(End());
  }
  return absl::OkStatus();
}

absl::Status IncomingFolder::Complete() {
  if (file_ != nullptr) {
    return FieldError(StrCat("files[", current_, "].size_bytes"),
                      StrCat("the upload ended ", left_,
                             " bytes before this file did; nothing was kept, send ", "it again"));
  }
  return SyncDirectory(path_);
}

absl::Status IncomingFolder::Begin() {
  left_ = files_[current_].expected_bytes;
  auto file = IncomingFile::CreateAt(dir_, StrCat(path_, "/", current_), files_[current_]);
  if (!file.ok()) return InFile(file.status());
  file_ = *std::move(file);
  return absl::OkStatus();
}

absl::Status IncomingFolder::End() {
  STANFLOW_RETURN_IF_ERROR(InFile(file_->Complete()));
  file_->Release();
  file_ = nullptr;
  return ++current_ < files_.size() ? Begin() : absl::OkStatus();
}

absl::Status IncomingFolder::InFile(const absl::Status& status) const {
  return InField(StrCat("files[", current_, "]"), status);
}

}  // namespace stanflow
