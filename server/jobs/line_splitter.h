#ifndef STANFLOW_SERVER_JOBS_LINE_SPLITTER_H_
#define STANFLOW_SERVER_JOBS_LINE_SPLITTER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace stanflow {

// Cuts bytes that come in pieces into lines. A line longer than kMaxBytes is dropped and counted, so that a
// broken writer can't fill the memory. Not safe for concurrent use.
class LineSplitter {
 public:
  static constexpr size_t kMaxBytes = 64 << 10;

  explicit LineSplitter(std::function<void(std::string_view)> line) : line_(std::move(line)) {}
  void Append(std::string_view bytes);
  // Passes on a last line that has no newline.
  void Finish();
  uint64_t dropped() const { return dropped_; }

 private:
  void Add(std::string_view part);
  void End();

  const std::function<void(std::string_view)> line_;
  std::string pending_;
  bool too_long_ = false;
  uint64_t dropped_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_JOBS_LINE_SPLITTER_H_
