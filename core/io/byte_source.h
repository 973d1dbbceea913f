#ifndef STANFLOW_CORE_IO_BYTE_SOURCE_H_
#define STANFLOW_CORE_IO_BYTE_SOURCE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/io/decompressor.h"

namespace stanflow {

struct ByteSourceOptions {
  // Bytes after decompression; a larger file is refused while it is read. 64 GiB are some 900
  // million flows: more is a mistake or an attack.
  uint64_t max_uncompressed_bytes = uint64_t{64} << 30;
  // Uncompressed bytes for one compressed byte. Flow files reach about 10 with xz, a file of
  // one repeated row some thousands.
  double max_expansion = 200;
  // The expansion is not judged before so many uncompressed bytes: small files may be as
  // regular as they like.
  uint64_t expansion_free_bytes = uint64_t{16} << 20;
};

// A file's contents, decompressed on the way and within limits. Whether and how it is
// compressed (gzip, xz, bzip2, zstd) is found out from its first bytes, not from its name. Not
// safe for concurrent use.
class ByteSource {
 public:
  // NOT_FOUND or PERMISSION_DENIED if `path` can't be opened, DATA_LOSS if its first block is
  // damaged already.
  static absl::StatusOr<std::unique_ptr<ByteSource>> Open(const std::string& path,
                                                          const ByteSourceOptions& options = {});
  // What `bytes` gives, such as another program's output. Its errors stay as they are; how much of it is
  // left nobody knows, so `fraction` is 1.
  static absl::StatusOr<std::unique_ptr<ByteSource>> Over(std::unique_ptr<Decompressor> bytes,
                                                          const ByteSourceOptions& options = {});

  // The next block; empty at the end. Valid until the next call. DATA_LOSS, naming how far it
  // got, if the file is damaged or breaks off; INVALID_ARGUMENT beyond a limit.
  absl::StatusOr<std::string_view> Next();
  // The block that Next answers first. Only before the first Next.
  std::string_view first_block() const { return first_; }
  // Share of the file's (compressed) bytes that were read, 0 to 1.
  double fraction() const;
  // "none", "gzip", "xz", "bzip2", "zstd".
  std::string compression() const { return decompressor_->name(); }

 private:
  ByteSource(std::unique_ptr<Decompressor> decompressor, std::optional<uint64_t> file_bytes,
             const ByteSourceOptions& options)
      : decompressor_(std::move(decompressor)), file_bytes_(file_bytes), options_(options) {}
  static absl::StatusOr<std::unique_ptr<ByteSource>> Begin(std::unique_ptr<ByteSource> source);
  absl::StatusOr<std::string_view> Read();
  absl::Status CheckLimits() const;

  const std::unique_ptr<Decompressor> decompressor_;
  const std::optional<uint64_t> file_bytes_;  // none: not a file
  const ByteSourceOptions options_;
  std::string_view first_;
  bool has_first_ = false;
  uint64_t read_bytes_ = 0;  // uncompressed
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_BYTE_SOURCE_H_
