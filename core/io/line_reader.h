#ifndef STANFLOW_CORE_IO_LINE_READER_H_
#define STANFLOW_CORE_IO_LINE_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/io/byte_source.h"

namespace stanflow {

// The lines of a source, without their ends (LF or CRLF; the last may lack one) and without a
// byte order mark. Holds one block and at most one line over. Not safe for concurrent use.
class LineReader {
 public:
  // Longer lines are given cut off: no flow is that long, and a file without line ends must not fill the
  // memory.
  static constexpr size_t kMaxLineBytes = 64 << 10;

  explicit LineReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  struct Line {
    std::string_view text;  // valid until the next call
    uint64_t number = 0;    // 1 is the first
    bool too_long = false;  // `text` is its beginning only
  };
  // False at the end. Errors of the source name the line they were met in.
  absl::StatusOr<bool> Next(Line* line);
  double fraction() const { return source_->fraction(); }

 private:
  absl::StatusOr<bool> Refill();
  void Keep(std::string_view part);
  void Give(std::string_view text, Line* line);

  std::unique_ptr<ByteSource> source_;
  std::string_view block_;  // what is left of the source's block
  std::string kept_;        // beginning of a line whose end is in a later block
  std::string joined_;      // a line that was kept, while the caller has it
  bool keeping_ = false;
  bool too_long_ = false;
  uint64_t number_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_LINE_READER_H_
