#include "core/eval/svg_heat_map.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "core/eval/html.h"
#include "core/eval/svg_parts.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr double kLeft = 104, kTop = 30, kRight = 8, kKeyHeight = 44, kColumnNames = 84;
constexpr double kTallestCell = 22, kTitleLeft = 8;
constexpr int kKeySteps = 20;

std::string Shade(double x, double y, double width, double height, double share, const std::string& tip) {
  return absl::StrFormat(
      "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.2f\" "
      "fill-opacity=\"%.3f\">%s</rect>",
      share < 0 ? "cold" : "warm", x, y, width, height, std::min(std::abs(share), 1.0),
      tip.empty() ? "" : StrCat("<title>", EscapeHtml(tip), "</title>"));
}

// Shades from the smallest to the largest number with their values.
std::string Key(const HeatMapText& text, double top, bool negative, double y) {
  const double width = kSvgWidth - kLeft - kRight, lo = negative ? -1 : 0;
  std::string out;
  for (int i = 0; i < kKeySteps; ++i) {
    const double share = lo + (1 - lo) * (i + 0.5) / kKeySteps;
    out += Shade(kLeft + width * i / kKeySteps, y, width / kKeySteps, 8, share, "");
  }
  const std::string low = negative ? absl::StrFormat("%.2g", -top) : "0";
  return StrCat(out, SvgText(kLeft, y + 21, "start", low),
                SvgText(kLeft + width, y + 21, "end", absl::StrFormat("%.2g", top)),
                SvgText(kLeft + width / 2, y + 21, "middle", text.key));
}

std::string ColumnName(double x, double y, std::string_view name) {
  return absl::StrFormat(
      "<text class=\"tick\" text-anchor=\"end\" transform=\"translate(%.1f %.1f) rotate(-60)\">%s</text>", x,
      y, EscapeHtml(name));
}

}  // namespace

std::string HeatMap(const HeatMapText& text, const std::vector<std::vector<double>>& cells, double top) {
  const std::vector<std::string>& columns = text.column_names.empty() ? text.names : text.column_names;
  const double width = (kSvgWidth - kLeft - kRight) / columns.size(), height = std::min(width, kTallestCell);
  const double bottom = kTop + height * cells.size();
  std::string out = SvgOpen(text.title, bottom + kColumnNames + kKeyHeight, kLeft, {});
  bool negative = false;
  for (size_t r = 0; r < cells.size(); ++r) {
    const double y = kTop + height * r;
    out += SvgText(kLeft - 6, y + height / 2 + 4, "end", text.names[r]);
    for (size_t c = 0; c < columns.size(); ++c) {
      if (!std::isfinite(cells[r][c])) continue;
      negative = negative || cells[r][c] < 0;
      const std::string tip =
          StrCat(text.names[r], ", ", columns[c], ": ", absl::StrFormat("%.4f", cells[r][c]));
      out += Shade(kLeft + width * c, y, width - 1, height - 1, cells[r][c] / top, tip);
    }
  }
  for (size_t c = 0; c < columns.size(); ++c)
    out += ColumnName(kLeft + width * (c + 0.5) + 4, bottom + 10, columns[c]);
  StrAppend(&out, SvgText(kTitleLeft, 18, "start", text.title, "legend"),
            Key(text, top, negative, bottom + kColumnNames + 8));
  return out + "</svg>";
}

}  // namespace stanflow
