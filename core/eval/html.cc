#include "core/eval/html.h"

#include <cmath>
#include <cstdio>

#include "core/base/strings.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

constexpr std::string_view kNone = "\u2013";

bool IsFigure(const nlohmann::json& value) { return value.is_number() && std::isfinite(value.get<double>()); }

std::string Fixed(double value, int decimals) {
  char buffer[64];
  std::snprintf(buffer, sizeof(buffer), "%.*f", decimals, value);
  return buffer;
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&#39;";
    else
      out += c;
  }
  return out;
}

std::string FormatFigure(const nlohmann::json& value, int digits) {
  if (!IsFigure(value)) return std::string(kNone);
  const double x = value.get<double>();
  if (x == 0) return "0";
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(x))));
  if (magnitude < -5) {
    char buffer[64];
    std::snprintf(buffer, sizeof(buffer), "%.*e", digits - 1, x);
    return buffer;
  }
  return Fixed(x, std::max(0, digits - 1 - magnitude));
}

std::string FormatFixed(const nlohmann::json& value, int decimals) {
  return IsFigure(value) ? Fixed(value.get<double>(), decimals) : std::string(kNone);
}

std::string FormatPercent(const nlohmann::json& share, int decimals) {
  if (!IsFigure(share)) return std::string(kNone);
  return StrCat(Fixed(100 * share.get<double>(), decimals), "&nbsp;%");
}

std::string FormatCount(const nlohmann::json& count) {
  if (!IsFigure(count)) return std::string(kNone);
  const std::string digits = Fixed(count.get<double>(), 0);
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ",";
    out += digits[i];
  }
  return out;
}

const nlohmann::json& At(const nlohmann::json& json, std::initializer_list<std::string_view> path) {
  static const nlohmann::json kNull;
  const nlohmann::json* at = &json;
  for (std::string_view name : path) {
    if (!at->is_object()) return kNull;
    const auto it = at->find(std::string(name));
    if (it == at->end()) return kNull;
    at = &*it;
  }
  return *at;
}

std::string HtmlTable::ToString() const {
  std::string out = "<div class=\"wide\"><table><thead><tr>";
  for (const std::string& cell : head_) StrAppend(&out, "<th scope=\"col\">", cell, "</th>");
  out += "</tr></thead><tbody>";
  for (const auto& row : rows_) {
    out += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      StrAppend(&out, i == 0 ? "<th scope=\"row\">" : "<td>", row[i], i == 0 ? "</th>" : "</td>");
    }
    out += "</tr>";
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace stanflow
