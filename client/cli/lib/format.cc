#include "client/cli/lib/format.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

// Characters, not bytes: the texts are UTF-8.
size_t Width(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Spaces(size_t wanted, size_t have) { return std::string(wanted > have ? wanted - have : 0, ' '); }

}  // namespace

std::string FormatCount(uint64_t value) {
  std::string out = std::to_string(value);
  for (int64_t i = static_cast<int64_t>(out.size()) - 3; i > 0; i -= 3)
    out.insert(static_cast<size_t>(i), ",");
  return out;
}

std::string FormatFixed(double value, int digits) {
  return std::isfinite(value) ? absl::StrFormat("%.*f", digits, value) : "-";
}

std::string FormatBytes(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  for (; value >= 999.95 && unit < 4; ++unit) value /= 1000;
  return StrCat(FormatFixed(value, unit == 0 ? 0 : 1), " ", kUnits[unit]);
}

std::string FormatSeconds(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 60) return StrCat(whole, " s");
  if (whole < 3600) return StrCat(whole / 60, " min ", whole % 60, " s");
  return StrCat(whole / 3600, " h ", whole % 3600 / 60, " min");
}

std::string FormatShare(double share) { return StrCat(FormatFixed(100 * share, 0), " %"); }

int64_t ToMs(const google::protobuf::Timestamp& time) {
  return time.seconds() * kSecondMs + time.nanos() / 1000000;
}

google::protobuf::Timestamp ToTimestamp(int64_t ms) {
  google::protobuf::Timestamp out;
  out.set_seconds(FloorTo(ms, kSecondMs) / kSecondMs);
  out.set_nanos(static_cast<int32_t>(ms - FloorTo(ms, kSecondMs)) * 1000000);
  return out;
}

std::string FormatTime(bool set, const google::protobuf::Timestamp& time) {
  return set ? FormatUtcSeconds(ToMs(time)) : "-";
}

Table::Table(std::vector<std::string> headings) {
  for (std::string& heading : headings) {
    right_.push_back(!heading.empty() && heading[0] == '>');
    if (right_.back()) heading.erase(0, 1);
  }
  lines_.push_back(std::move(headings));
}

void Table::Row(std::vector<std::string> cells) {
  cells.resize(right_.size());
  lines_.push_back(std::move(cells));
}

std::string Table::ToString() const {
  std::vector<size_t> widths(right_.size(), 0);
  for (const auto& line : lines_) {
    for (size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], Width(line[c]));
  }
  std::string out;
  for (const auto& line : lines_) {
    std::string text;
    for (size_t c = 0; c < line.size(); ++c) {
      const std::string pad = Spaces(widths[c], Width(line[c]));
      StrAppend(&text, c == 0 ? "" : "  ", right_[c] ? pad + line[c] : line[c] + pad);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    StrAppend(&out, text, "\n");
  }
  return out;
}

void KeyValues::Add(std::string_view key, std::string value) { lines_.emplace_back(key, std::move(value)); }

std::string KeyValues::ToString() const {
  size_t width = 0;
  for (const auto& [key, value] : lines_) width = std::max(width, Width(key));
  std::string out;
  for (const auto& [key, value] : lines_) StrAppend(&out, key, Spaces(width, Width(key)), "  ", value, "\n");
  return out;
}

}  // namespace stanflow
