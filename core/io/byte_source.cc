#include "core/io/byte_source.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

std::string FirstBytes(const std::string& path) {
  char bytes[8];
  std::ifstream file(path, std::ios::binary);
  file.read(bytes, sizeof(bytes));
  return std::string(bytes, static_cast<size_t>(file.gcount()));
}

// Says of damage where it is.
absl::Status AtPlace(const absl::Status& status, uint64_t read_bytes) {
  if (!absl::IsDataLoss(status)) return status;
  return absl::DataLossError(StrCat("the file is damaged or breaks off after ", read_bytes,
                                    " uncompressed bytes: ", ToStd(status.message()), "; send it again"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> ByteSource::Open(const std::string& path,
                                                             const ByteSourceOptions& options) {
  STANFLOW_ASSIGN_OR_RETURN(const uint64_t file_bytes, FileSize(path));
  auto decompressor = IsGzip(FirstBytes(path)) ? OpenGzip(path) : OpenArchive(path);
  if (!decompressor.ok()) return AtPlace(decompressor.status(), 0);
  return Begin(std::unique_ptr<ByteSource>(new ByteSource(std::move(*decompressor), file_bytes, options)));
}

absl::StatusOr<std::unique_ptr<ByteSource>> ByteSource::Over(std::unique_ptr<Decompressor> bytes,
                                                             const ByteSourceOptions& options) {
  return Begin(std::unique_ptr<ByteSource>(new ByteSource(std::move(bytes), std::nullopt, options)));
}

absl::StatusOr<std::unique_ptr<ByteSource>> ByteSource::Begin(std::unique_ptr<ByteSource> source) {
  STANFLOW_ASSIGN_OR_RETURN(source->first_, source->Read());
  source->has_first_ = true;
  return source;
}

absl::StatusOr<std::string_view> ByteSource::Next() {
  if (std::exchange(has_first_, false)) return first_;
  return Read();
}

double ByteSource::fraction() const {
  if (file_bytes_.value_or(0) == 0) return 1;
  return std::min(1.0,
                  static_cast<double>(decompressor_->compressed_bytes()) / static_cast<double>(*file_bytes_));
}

absl::StatusOr<std::string_view> ByteSource::Read() {
  const auto block = decompressor_->Next();
  if (!block.ok()) return file_bytes_ ? AtPlace(block.status(), read_bytes_) : block.status();
  read_bytes_ += block->size();
  STANFLOW_RETURN_IF_ERROR(CheckLimits());
  return *block;
}

absl::Status ByteSource::CheckLimits() const {
  if (read_bytes_ > options_.max_uncompressed_bytes) {
    return absl::InvalidArgumentError(StrCat("the file has more than ", options_.max_uncompressed_bytes,
                                             " bytes when decompressed; split it or raise the limit"));
  }
  const double compressed = std::max(1.0, static_cast<double>(decompressor_->compressed_bytes()));
  const double expansion = static_cast<double>(read_bytes_) / compressed;
  if (read_bytes_ > options_.expansion_free_bytes && expansion > options_.max_expansion) {
    return absl::InvalidArgumentError(
        StrCat("the file expands ", static_cast<int64_t>(expansion), "-fold after ", read_bytes_, " bytes, ",
               options_.max_expansion, "-fold is allowed: not a flow file; decompress it yourself if it is"));
  }
  return absl::OkStatus();
}

}  // namespace stanflow
