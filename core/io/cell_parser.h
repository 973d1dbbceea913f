#ifndef STANFLOW_CORE_IO_CELL_PARSER_H_
#define STANFLOW_CORE_IO_CELL_PARSER_H_

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "core/base/strings.h"
#include "core/flow/flow.h"

namespace stanflow {

// Of times, in microseconds.
inline constexpr int64_t kSecondUs = 1'000'000, kMsUs = 1000;
// 9999-12-31T23:59:59Z since 1970.
inline constexpr int64_t kMaxUs = int64_t{253'402'300'799} * kSecondUs;

// One value of a row and the name of its column.
struct Cell {
  std::string_view column;
  std::string_view text;
  bool in_file = true;  // false: the file has no such column, and `text` is empty
};

// In quotes; printable ASCII and short, whatever the file holds: reasons travel as JSON and UTF-8.
std::string Quoted(std::string_view text);

// A number that is not negative, with or without decimals or an exponent, of units of `unit_us` microseconds
// (1 to 1,000,000). In microseconds, parts of one dropped; at most the end of year 9999 since 1970.
std::optional<int64_t> ParseMicros(std::string_view text, int64_t unit_us);

// UTC as "2011-03-18T19:06:07.096535Z", with a space for the T, slashes for the hyphens, none to nine
// decimals, and with or without the Z. Microseconds since 1970-01-01T00:00:00Z.
std::optional<int64_t> ParseUtcMicros(std::string_view text);

// Sets end and duration, each to the whole millisecond below. Null, or what is wrong with the end or the
// duration: "is an end before the start".
const char* SetFlowTimes(int64_t end_us, int64_t duration_us, Flow* flow);

// Turns cells into the fields of a flow. On false, the reason names the column, its text and what it
// should have been. A plain value that writes to `reason`.
class CellParser {
 public:
  explicit CellParser(std::string* reason) : reason_(reason) {}

  bool Fail(const Cell& cell, std::string_view what) const;

  template <typename T>
  bool Number(const Cell& cell, uint64_t min, uint64_t max, T* out) const {
    const char* const last = cell.text.data() + cell.text.size();
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(cell.text.data(), last, value);
    if (error == std::errc::invalid_argument || end != last) return Fail(cell, "is not a number");
    if (error == std::errc::result_out_of_range || value < min || value > max) {
      return Fail(cell, StrCat("is not in ", min, " to ", max));
    }
    *out = static_cast<T>(value);
    return true;
  }
  // As Number, and 0 for a cell that is empty or not in the file.
  template <typename T>
  bool NumberOrNone(const Cell& cell, uint64_t max, T* out) const {
    *out = 0;
    return cell.text.empty() || Number(cell, 0, max, out);
  }

  bool Address(const Cell& cell, uint32_t* out) const;
  // A name or a number.
  bool Protocol(const Cell& cell, uint8_t* out) const;
  // ".AP.SF" or "0x1b".
  bool Flags(const Cell& cell, uint8_t* out) const;
  // 0 to 65535; of ICMP also type and code like "3.1".
  bool DestinationPort(const Cell& cell, uint8_t protocol, uint16_t* out) const;
  // A UTC time or seconds since 1970, in microseconds.
  bool Time(const Cell& cell, int64_t* us) const;
  // In microseconds; see ParseMicros.
  bool Duration(const Cell& cell, int64_t unit_us, int64_t* us) const;
  // SetFlowTimes; `cell` is the one to blame for a duration that is negative or too long.
  bool SetTimes(const Cell& cell, int64_t end_us, int64_t duration_us, Flow* flow) const;

 private:
  std::string* const reason_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_CELL_PARSER_H_
