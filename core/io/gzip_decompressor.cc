#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <vector>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/decompressor.h"

namespace stanflow {
namespace {

constexpr size_t kBufferBytes = 256 << 10;
constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib's way to ask for a gzip header and its checksum.

class GzipDecompressor final : public Decompressor {
 public:
  explicit GzipDecompressor(const std::string& path)
      : path_(path), file_(std::fopen(path.c_str(), "rbe")), in_(kBufferBytes), out_(kBufferBytes) {}
  ~GzipDecompressor() override {
    inflateEnd(&stream_);
    if (file_ != nullptr) std::fclose(file_);
  }

  absl::Status Start() {
    if (file_ == nullptr) return ErrnoToStatus(errno, "can't open", path_);
    return inflateInit2(&stream_, kGzipOnly) == Z_OK ? absl::OkStatus()
                                                     : absl::InternalError("zlib failed to start");
  }

  absl::StatusOr<std::string_view> Next() override {
    stream_.next_out = out_.data();
    stream_.avail_out = kBufferBytes;
    while (stream_.avail_out == kBufferBytes) {
      STANFLOW_ASSIGN_OR_RETURN(const bool more, Refill());
      if (!more && in_member_) return absl::DataLossError("the last member breaks off");
      if (!more) return std::string_view();
      STANFLOW_RETURN_IF_ERROR(Inflate());
    }
    return std::string_view(reinterpret_cast<const char*>(out_.data()), kBufferBytes - stream_.avail_out);
  }

  uint64_t compressed_bytes() const override { return read_bytes_ - stream_.avail_in; }
  std::string name() const override { return "gzip"; }

 private:
  // False at the end of the file.
  absl::StatusOr<bool> Refill() {
    if (stream_.avail_in > 0) return true;
    const size_t n = std::fread(in_.data(), 1, in_.size(), file_);
    if (n == 0 && std::ferror(file_) != 0) return ErrnoToStatus(errno, "can't read", path_);
    stream_.next_in = in_.data();
    stream_.avail_in = static_cast<uInt>(n);
    read_bytes_ += n;
    return n > 0;
  }

  absl::Status Inflate() {
    in_member_ = true;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      // A gzip file is one member after another.
      in_member_ = false;
      inflateReset(&stream_);
      return absl::OkStatus();
    }
    if (result == Z_OK || result == Z_BUF_ERROR) return absl::OkStatus();
    return absl::DataLossError(stream_.msg == nullptr ? StrCat("zlib error ", result)
                                                      : std::string(stream_.msg));
  }

  const std::string path_;
  std::FILE* const file_;
  std::vector<Bytef> in_, out_;
  z_stream stream_ = {};
  bool in_member_ = true;
  uint64_t read_bytes_ = 0;
};

}  // namespace

bool IsGzip(std::string_view start) { return start.substr(0, 3) == "\x1f\x8b\x08"; }

absl::StatusOr<std::unique_ptr<Decompressor>> OpenGzip(const std::string& path) {
  auto decompressor = std::make_unique<GzipDecompressor>(path);
  STANFLOW_RETURN_IF_ERROR(decompressor->Start());
  return decompressor;
}

}  // namespace stanflow
