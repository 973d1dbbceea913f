#ifndef STANFLOW_CORE_IO_APPEND_TEXT_H_
#define STANFLOW_CORE_IO_APPEND_TEXT_H_

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

#include "core/flow/time.h"

// What writers of text spend their time in: no memory is taken but the output's.
namespace stanflow {

inline void AppendNumber(uint64_t value, std::string* out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  out->append(digits, static_cast<size_t>(end - digits));
}

inline void AppendAddress(uint32_t address, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    AppendNumber(address >> shift & 255, out);
    if (shift > 0) out->push_back('.');
  }
}

// ".052"
inline void AppendMillis(uint32_t ms, std::string* out) {
  const char decimals[] = {'.', static_cast<char>('0' + ms / 100), static_cast<char>('0' + ms / 10 % 10),
                           static_cast<char>('0' + ms % 10)};
  out->append(decimals, sizeof(decimals));
}

// "22.052"
inline void AppendSeconds(uint64_t ms, std::string* out) {
  AppendNumber(ms / 1000, out);
  AppendMillis(static_cast<uint32_t>(ms % 1000), out);
}

// Writes times as "2016-04-11 00:01:38" and remembers the last: neighbouring flows mostly end in the same
// second. Not safe for concurrent use.
class SecondsText {
 public:
  // Parts of a second are dropped.
  void Append(int64_t ms, std::string* out) {
    const int64_t second = FloorTo(ms, kSecondMs);
    if (text_.empty() || second != second_) {
      second_ = second;
      text_ = FormatUtcSeconds(second);
    }
    out->append(text_);
  }

 private:
  int64_t second_ = 0;
  std::string text_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_APPEND_TEXT_H_
