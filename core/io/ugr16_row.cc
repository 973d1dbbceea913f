#include <array>
#include <charconv>
#include <limits>

#include "core/base/strings.h"
#include "core/flow/time.h"
#include "core/io/cell_parser.h"
#include "core/io/ugr16_csv.h"

namespace stanflow {
namespace {

enum Field { kTe, kTd, kSa, kDa, kSp, kDp, kPr, kFlg, kFwd, kStos, kPkt, kByt, kLabel, kNumFields };

constexpr std::array<std::string_view, kNumFields> kFieldNames = {
    "te", "td", "sa", "da", "sp", "dp", "pr", "flg", "fwd", "stos", "pkt", "byt", "label"};

class Ugr16Cells {
 public:
  explicit Ugr16Cells(std::string* reason) : reason_(reason), parser_(reason) {}

  bool Split(std::string_view line) {
    size_t count = 0;
    while (true) {
      const size_t comma = line.find(',');
      if (count < kNumFields) cells_[count] = {kFieldNames[count], line.substr(0, comma)};
      ++count;
      if (comma == std::string_view::npos) break;
      line.remove_prefix(comma + 1);
    }
    if (count == kNumFields) return true;
    *reason_ = StrCat("has ", count, count == 1 ? " column, " : " columns, ", kUgr16CsvFormat, " has ",
                      static_cast<int>(kNumFields), ": ", kUgr16Columns);
    return false;
  }

  const Cell& operator[](Field field) const { return cells_[field]; }

  bool Time(int64_t* out) const {
    const auto value = ParseUtc(cells_[kTe].text);
    if (!value) return parser_.Fail(cells_[kTe], "is not a time like 2016-04-11 00:01:38");
    *out = *value;
    return true;
  }

  // Seconds with at most three decimals.
  bool Duration(uint32_t* out) const {
    const Cell& cell = cells_[kTd];
    const char* const last = cell.text.data() + cell.text.size();
    uint64_t seconds = 0, ms = 0;
    const auto whole = std::from_chars(cell.text.data(), last, seconds);
    bool good = whole.ec == std::errc();
    if (good && whole.ptr != last) {
      const size_t decimals = static_cast<size_t>(last - whole.ptr) - 1;
      const auto part = std::from_chars(whole.ptr + 1, last, ms);
      good =
          *whole.ptr == '.' && decimals >= 1 && decimals <= 3 && part.ec == std::errc() && part.ptr == last;
      for (size_t i = decimals; i < 3; ++i) ms *= 10;
    }
    if (!good) return parser_.Fail(cell, "is not a number of seconds with at most three decimals");
    constexpr uint64_t kMaxMs = std::numeric_limits<uint32_t>::max();
    if (seconds > kMaxMs / kSecondMs || seconds * kSecondMs + ms > kMaxMs) {
      return parser_.Fail(cell, "is more than 4294967.295 seconds");
    }
    *out = static_cast<uint32_t>(seconds * kSecondMs + ms);
    return true;
  }

 private:
  std::array<Cell, kNumFields> cells_;
  std::string* const reason_;
  const CellParser parser_;
};

}  // namespace

bool ParseUgr16Row(std::string_view line, Flow* flow, std::string* reason) {
  Ugr16Cells row(reason);
  const CellParser parser(reason);
  uint8_t forwarding_status = 0;
  return row.Split(line) && row.Time(&flow->end_ms) && row.Duration(&flow->duration_ms) &&
         parser.Address(row[kSa], &flow->source_address) &&
         parser.Address(row[kDa], &flow->destination_address) &&
         parser.Number(row[kSp], 0, 65535, &flow->source_port) &&
         parser.Protocol(row[kPr], &flow->protocol) &&
         parser.DestinationPort(row[kDp], flow->protocol, &flow->destination_port) &&
         parser.Flags(row[kFlg], &flow->tcp_flags) && parser.Number(row[kFwd], 0, 255, &forwarding_status) &&
         parser.Number(row[kStos], 0, 255, &flow->tos) &&
         parser.Number(row[kPkt], kMinFlowCount, kMaxFlowCount, &flow->packets) &&
         parser.Number(row[kByt], kMinFlowCount, kMaxFlowCount, &flow->bytes);
}

}  // namespace stanflow
