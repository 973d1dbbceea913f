#include "server/rpc/incoming_file.h"

#include <unistd.h>

#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "server/registry/folder.h"
#include "server/rpc/status.h"

namespace stanflow {
namespace {

absl::Status CheckLimits(const IncomingFileLimits& limits) {
  if (limits.expected_bytes > limits.max_bytes) {
    return FieldError("size_bytes", StrCat(limits.expected_bytes, "; this server takes ", limits.max_bytes,
                                           " bytes at most"));
  }
  if (!limits.expected_sha256.empty() && limits.expected_sha256.size() != Sha256::kBytes) {
    return FieldError("sha256", StrCat(limits.expected_sha256.size(), " bytes; a SHA-256 has 32"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<IncomingFile>> IncomingFile::Create(const std::string& dir,
                                                                   IncomingFileLimits limits) {
  STANFLOW_RETURN_IF_ERROR(CheckLimits(limits));
  STANFLOW_ASSIGN_OR_RETURN(std::string path, MakeScratchFile(dir));
  return CreateAt(dir, std::move(path), std::move(limits));
}

absl::StatusOr<std::unique_ptr<IncomingFile>> IncomingFile::CreateAt(const std::string& dir, std::string path,
                                                                     IncomingFileLimits limits) {
  STANFLOW_RETURN_IF_ERROR(CheckLimits(limits));
  STANFLOW_ASSIGN_OR_RETURN(FileWriter writer, FileWriter::Create(path));
  return std::unique_ptr<IncomingFile>(
      new IncomingFile(dir, std::move(path), std::move(writer), std::move(limits)));
}

IncomingFile::IncomingFile(std::string dir, std::string path, FileWriter writer, IncomingFileLimits limits)
    : dir_(std::move(dir)), path_(std::move(path)), writer_(std::move(writer)), limits_(std::move(limits)) {}

IncomingFile::~IncomingFile() {
  if (!path_.empty()) unlink(path_.c_str());
}

absl::Status IncomingFile::NameFolder(const absl::Status& status) const {
  if (!absl::IsResourceExhausted(status)) return status;
  return WithReason(
      absl::ResourceExhaustedError(StrCat("no room left for the upload in ", dir_, " after ", bytes_,
                                          " bytes; free space there, or move data_dir")),
      "DISK_FULL");
}

absl::Status IncomingFile::Append(std::string_view data) {
  bytes_ += data.size();
  if (bytes_ > limits_.max_bytes) {
    return FieldError("data", StrCat("more than ", limits_.max_bytes, " bytes, the most this server takes"));
  }
  if (limits_.expected_bytes != 0 && bytes_ > limits_.expected_bytes) {
    return FieldError("size_bytes",
                      StrCat("the header says ", limits_.expected_bytes, " bytes, but more came"));
  }
  digest_.Update(data);
  return NameFolder(writer_.Append(data));
}

absl::Status IncomingFile::Complete() {
  if (bytes_ == 0) return FieldError("data", "empty; the file has no bytes");
  if (limits_.expected_bytes != 0 && bytes_ != limits_.expected_bytes) {
    return FieldError("size_bytes",
                      StrCat("the header says ", limits_.expected_bytes, " bytes, but the upload ended ",
                             "after ", bytes_, "; nothing was kept, send it again"));
  }
  const std::string digest = digest_.Finish();
  if (!limits_.expected_sha256.empty() && digest != limits_.expected_sha256) {
    return FieldError("sha256", "is not that of the bytes that came; nothing was kept, send the file again");
  }
  return NameFolder(writer_.Finish());
}

}  // namespace stanflow
