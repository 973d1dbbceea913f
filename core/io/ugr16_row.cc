#include <array>
#include <charconv>
#include <limits>

#include "absl/strings/escaping.h"
#include "core/base/strings.h"
#include "core/flow/address.h"
#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "core/flow/time.h"
#include "core/io/ugr16_csv.h"

namespace stanflow {
namespace {

enum Field { kTe, kTd, kSa, kDa, kSp, kDp, kPr, kFlg, kFwd, kStos, kPkt, kByt, kLabel, kNumFields };

constexpr std::array<std::string_view, kNumFields> kFieldNames = {
    "te", "td", "sa", "da", "sp", "dp", "pr", "flg", "fwd", "stos", "pkt", "byt", "label"};

// Sums over a file then stay far from 2^64.

// Printable ASCII and short, whatever the file holds: reasons travel as JSON and UTF-8.
std::string Quoted(std::string_view text) {
  constexpr size_t kShown = 40;
  const std::string shown = absl::CHexEscape(ToAbsl(text.substr(0, kShown)));
  return StrCat("'", shown, text.size() > kShown ? "...'" : "'");
}

// Fails with the column's name.
class RowParser {
 public:
  explicit RowParser(std::string* reason) : reason_(reason) {}

  bool Split(std::string_view line) {
    size_t count = 0;
    while (true) {
      const size_t comma = line.find(',');
      if (count < kNumFields) fields_[count] = line.substr(0, comma);
      ++count;
      if (comma == std::string_view::npos) break;
      line.remove_prefix(comma + 1);
    }
    if (count == kNumFields) return true;
    *reason_ = StrCat("has ", count, count == 1 ? " column, " : " columns, ", kUgr16CsvFormat, " has ",
                      static_cast<int>(kNumFields), ": ", kUgr16Columns);
    return false;
  }

  std::string_view operator[](Field field) const { return fields_[field]; }

  bool Fail(Field field, std::string_view what) {
    *reason_ = StrCat("column ", kFieldNames[field], ": ", Quoted(fields_[field]), " ", what);
    return false;
  }

  template <typename T>
  bool Number(Field field, uint64_t min, uint64_t max, T* out) {
    const std::string_view text = fields_[field];
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error != std::errc::invalid_argument && end == text.data() + text.size();
    if (!is_number) return Fail(field, "is not a number");
    if (error == std::errc::result_out_of_range || value < min || value > max) {
      return Fail(field, StrCat("is not in ", min, " to ", max));
    }
    *out = static_cast<T>(value);
    return true;
  }

  bool Time(Field field, int64_t* out) {
    const auto value = ParseUtc(fields_[field]);
    if (!value) return Fail(field, "is not a time like 2016-04-11 00:01:38");
    *out = *value;
    return true;
  }

  // Seconds with at most three decimals.
  bool Duration(Field field, uint32_t* out) {
    const std::string_view text = fields_[field];
    const char* const last = text.data() + text.size();
    uint64_t seconds = 0, ms = 0;
    const auto whole = std::from_chars(text.data(), last, seconds);
    bool good = whole.ec == std::errc();
    if (good && whole.ptr != last) {
      const size_t decimals = static_cast<size_t>(last - whole.ptr) - 1;
      const auto part = std::from_chars(whole.ptr + 1, last, ms);
      good =
          *whole.ptr == '.' && decimals >= 1 && decimals <= 3 && part.ec == std::errc() && part.ptr == last;
      for (size_t i = decimals; i < 3; ++i) ms *= 10;
    }
    if (!good) return Fail(field, "is not a number of seconds with at most three decimals");
    constexpr uint64_t kMaxMs = std::numeric_limits<uint32_t>::max();
    if (seconds > kMaxMs / kSecondMs || seconds * kSecondMs + ms > kMaxMs) {
      return Fail(field, "is more than 4294967.295 seconds");
    }
    *out = static_cast<uint32_t>(seconds * kSecondMs + ms);
    return true;
  }

  bool Address(Field field, uint32_t* out) {
    const auto address = ParseIpv4(fields_[field]);
    if (address) {
      *out = *address;
      return true;
    }
    const bool ipv6 = fields_[field].find(':') != std::string_view::npos;
    return Fail(field, ipv6 ? "is an IPv6 address; only IPv4 flows are read" : "is not an IPv4 address");
  }

  bool Protocol(uint8_t* out) {
    const auto protocol = ParseProtocol(fields_[kPr]);
    if (!protocol) return Fail(kPr, "is not a protocol's name or number");
    *out = *protocol;
    return true;
  }

  bool Flags(uint8_t* out) {
    const auto flags = ParseTcpFlags(fields_[kFlg]);
    if (!flags) return Fail(kFlg, "is not a set of TCP flags like .AP.SF");
    *out = *flags;
    return true;
  }

  // nfdump writes ICMP's type and code as "3.1" or as one number.
  bool DestinationPort(uint8_t protocol, uint16_t* out) {
    const std::string_view text = fields_[kDp];
    const size_t dot = text.find('.');
    if (protocol != kIcmp || dot == std::string_view::npos) return Number(kDp, 0, 65535, out);
    uint8_t type = 0, code = 0;
    const char* const middle = text.data() + dot;
    const char* const last = text.data() + text.size();
    const auto first = std::from_chars(text.data(), middle, type);
    const auto second = std::from_chars(middle + 1, last, code);
    if (first.ec != std::errc() || first.ptr != middle || second.ec != std::errc() || second.ptr != last) {
      return Fail(kDp, "is not an ICMP type and code like 3.1");
    }
    *out = static_cast<uint16_t>(type * 256 + code);
    return true;
  }

 private:
  std::array<std::string_view, kNumFields> fields_;
  std::string* const reason_;
};

}  // namespace

bool ParseUgr16Row(std::string_view line, Flow* flow, std::string* reason) {
  RowParser row(reason);
  uint8_t forwarding_status = 0;
  return row.Split(line) && row.Time(kTe, &flow->end_ms) && row.Duration(kTd, &flow->duration_ms) &&
         row.Address(kSa, &flow->source_address) && row.Address(kDa, &flow->destination_address) &&
         row.Number(kSp, 0, 65535, &flow->source_port) && row.Protocol(&flow->protocol) &&
         row.DestinationPort(flow->protocol, &flow->destination_port) && row.Flags(&flow->tcp_flags) &&
         row.Number(kFwd, 0, 255, &forwarding_status) && row.Number(kStos, 0, 255, &flow->tos) &&
         row.Number(kPkt, kMinFlowCount, kMaxFlowCount, &flow->packets) &&
         row.Number(kByt, kMinFlowCount, kMaxFlowCount, &flow->bytes);
}

}  // namespace stanflow
