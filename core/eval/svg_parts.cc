#include "core/eval/svg_parts.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "core/eval/html.h"
#include "nlohmann/json.hpp"

namespace stanflow {

std::string SvgText(double x, double y, std::string_view anchor, std::string_view text,
                    std::string_view style) {
  return absl::StrFormat("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                         ToAbsl(style), x, y, ToAbsl(anchor), EscapeHtml(text));
}

std::string SvgLine(double x1, double y1, double x2, double y2, std::string_view style) {
  return absl::StrFormat("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                         ToAbsl(style), x1, y1, x2, y2);
}

std::string SvgOpen(std::string_view title, double height, double left,
                    const std::vector<std::pair<std::string, std::string>>& styles_and_labels) {
  std::string out = absl::StrFormat("<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\"><title>", kSvgWidth, height);
  StrAppend(&out, EscapeHtml(title), "</title>");
  const auto width = [](const std::string& label) { return 24 + 6.4 * static_cast<double>(label.size()); };
  double all = 0;
  for (const auto& [style, label] : styles_and_labels) all += width(label);
  // Many keys begin further left than the plot does.
  double x = std::max(4.0, std::min(left, kSvgWidth - all));
  for (const auto& [style, label] : styles_and_labels) {
    StrAppend(
        &out,
        absl::StrFormat("<rect class=\"key %s\" x=\"%.1f\" y=\"7\" width=\"14\" height=\"8\"/>", style, x),
        SvgText(x + 18, 15, "start", label, "legend"));
    x += width(label);
  }
  return out;
}

std::vector<double> SvgTicks(Scale scale, double lo, double hi) {
  std::vector<double> out;
  if (scale == Scale::kAsIs) {
    const double raw = std::max((hi - lo) / 5, 1e-9), unit = std::pow(10, std::floor(std::log10(raw)));
    const double step = unit * (raw / unit > 5 ? 10 : raw / unit > 2 ? 5 : raw / unit > 1 ? 2 : 1);
    for (double t = std::ceil(lo / step) * step; t <= hi; t += step) out.push_back(t);
    return out;
  }
  if (scale == Scale::kLn1p && lo <= 0) out.push_back(0);
  const double least = lo > 0 ? std::min(lo, 1.0) : 1;
  const int stride = std::log10(hi / least) > 6 ? 2 : 1;
  for (int d = static_cast<int>(std::floor(std::log10(least))); std::pow(10, d) <= hi; d += stride) {
    if (std::pow(10, d) >= lo) out.push_back(std::pow(10, d));
  }
  return out;
}

}  // namespace stanflow
