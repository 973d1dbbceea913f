#include "core/dataset/holdout.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "core/base/philox.h"
#include "core/base/strings.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

constexpr std::string_view kHosts = "hosts=", kAfter = "after=";

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

absl::Status BadHoldout(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(
      StrCat("holdout '", text, "': ", why,
             "; it is one of none, hours=odd, hours=even, hosts=SHARE (0 to 1), after=2016-04-11T12:00:00Z"));
}

// The fewest digits that parse back to `value`.
std::string ShortestDecimal(double value) {
  char text[32];
  return std::string(text, std::to_chars(text, text + sizeof(text), value).ptr);
}

// In [0, 1), the same for an address in every dataset.
double HostHash(uint32_t address) {
  constexpr std::array<uint32_t, 2> kKey = {0x686f6c64, 0x6f757421};
  return Philox4x32({address, 0, 0, 0}, kKey)[0] * 0x1.0p-32;
}

}  // namespace

absl::StatusOr<Holdout> Holdout::Parse(std::string_view text) {
  Holdout holdout;
  if (text == "none") return holdout;
  if (text == "hours=odd" || text == "hours=even") {
    holdout.kind = text == "hours=odd" ? Kind::kHoursOdd : Kind::kHoursEven;
    return holdout;
  }
  if (StartsWith(text, kHosts)) {
    holdout.kind = Kind::kHosts;
    if (!absl::SimpleAtod(ToAbsl(text.substr(kHosts.size())), &holdout.share) ||
        !(holdout.share > 0 && holdout.share < 1)) {
      return BadHoldout(text, "the share is not a number between 0 and 1");
    }
    return holdout;
  }
  if (StartsWith(text, kAfter)) {
    const auto after = ParseUtc(text.substr(kAfter.size()));
    if (!after) return BadHoldout(text, "not a time in UTC");
    holdout.kind = Kind::kAfter;
    holdout.after_ms = *after;
    return holdout;
  }
  return BadHoldout(text, "not known");
}

std::string Holdout::ToString() const {
  switch (kind) {
    case Kind::kNone:
      return "none";
    case Kind::kHoursOdd:
      return "hours=odd";
    case Kind::kHoursEven:
      return "hours=even";
    case Kind::kHosts:
      return StrCat(kHosts, ShortestDecimal(share));
    case Kind::kAfter:
      return StrCat(kAfter, FormatUtc(after_ms));
  }
  return "none";
}

bool Holdout::Contains(uint32_t home_address, int64_t end_ms) const {
  switch (kind) {
    case Kind::kNone:
      return false;
    case Kind::kHoursOdd:
      return FloorTo(end_ms, kHourMs) / kHourMs % 2 != 0;
    case Kind::kHoursEven:
      return FloorTo(end_ms, kHourMs) / kHourMs % 2 == 0;
    case Kind::kHosts:
      return HostHash(home_address) < share;
    case Kind::kAfter:
      return end_ms >= after_ms;
  }
  return false;
}

HoldoutBlock BlockOf(const Holdout& holdout, int64_t end_ms, int64_t first_end_ms) {
  using Kind = Holdout::Kind;
  if (holdout.kind == Kind::kHoursOdd || holdout.kind == Kind::kHoursEven) {
    const int64_t hour = FloorTo(end_ms, kHourMs);
    return {hour, hour + kHourMs};
  }
  if (holdout.kind == Kind::kAfter) {
    if (end_ms < holdout.after_ms) return {FloorTo(first_end_ms, kHourMs), holdout.after_ms};
    // An `after` long before the data must not become the first row's delta.
    return {FloorTo(std::max(holdout.after_ms, first_end_ms), kHourMs), std::nullopt};
  }
  return {FloorTo(first_end_ms, kHourMs), std::nullopt};
}

}  // namespace stanflow
