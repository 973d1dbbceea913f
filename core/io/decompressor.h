#ifndef STANFLOW_CORE_IO_DECOMPRESSOR_H_
#define STANFLOW_CORE_IO_DECOMPRESSOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace stanflow {

// What lies under a ByteSource: bytes without limits and without words about the place. Not
// safe for concurrent use.
class Decompressor {
 public:
  virtual ~Decompressor() = default;
  // The next block, never empty before the end. Valid until the next call. DATA_LOSS with what is wrong.
  virtual absl::StatusOr<std::string_view> Next() = 0;
  virtual uint64_t compressed_bytes() const = 0;  // read so far
  virtual std::string name() const = 0;           // "gzip"
};

bool IsGzip(std::string_view start);

// zlib's reader: unlike libarchive's it checks each member's length and checksum, without
// which a damaged file can end early and look whole.
absl::StatusOr<std::unique_ptr<Decompressor>> OpenGzip(const std::string& path);

// Everything else that libarchive knows, and plain files ("none").
absl::StatusOr<std::unique_ptr<Decompressor>> OpenArchive(const std::string& path);

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_DECOMPRESSOR_H_
