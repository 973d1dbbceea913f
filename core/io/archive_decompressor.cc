#include <archive.h>
#include <archive_entry.h>

#include "core/base/status_macros.h"
#include "core/io/decompressor.h"

namespace stanflow {
namespace {

constexpr size_t kReadBytes = 256 << 10;

struct ArchiveDeleter {
  void operator()(archive* a) const { archive_read_free(a); }
};

class ArchiveDecompressor final : public Decompressor {
 public:
  ArchiveDecompressor() : archive_(archive_read_new()) {}

  absl::Status Start(const std::string& path) {
    archive* a = archive_.get();
    archive_read_support_filter_xz(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_zstd(a);
    // "raw" is a single file without a container; "empty" the file without a byte.
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a);
    if (archive_read_open_filename(a, path.c_str(), kReadBytes) != ARCHIVE_OK) return Error();
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(a, &entry);
    at_end_ = result == ARCHIVE_EOF;
    return at_end_ || result == ARCHIVE_OK ? absl::OkStatus() : Error();
  }

  absl::StatusOr<std::string_view> Next() override {
    if (at_end_) return std::string_view();
    const void* data = nullptr;
    size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(archive_.get(), &data, &size, &offset);
    at_end_ = result == ARCHIVE_EOF;
    if (at_end_) return std::string_view();
    if (result != ARCHIVE_OK) return Error();
    return std::string_view(static_cast<const char*>(data), size);
  }

  uint64_t compressed_bytes() const override {
    return static_cast<uint64_t>(archive_filter_bytes(archive_.get(), -1));
  }
  std::string name() const override { return archive_filter_name(archive_.get(), 0); }

 private:
  absl::Status Error() const {
    const char* text = archive_error_string(archive_.get());
    return absl::DataLossError(text == nullptr ? "unreadable" : text);
  }

  const std::unique_ptr<archive, ArchiveDeleter> archive_;
  bool at_end_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Decompressor>> OpenArchive(const std::string& path) {
  auto decompressor = std::make_unique<ArchiveDecompressor>();
  STANFLOW_RETURN_IF_ERROR(decompressor->Start(path));
  return decompressor;
}

}  // namespace stanflow
