#include "core/eval/svg_chart.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "core/eval/svg_parts.h"

namespace stanflow {
namespace {

constexpr double kWidth = kSvgWidth, kHeight = kSvgHeight, kLeft = 56, kRight = 12, kTop = 26, kBottom = 42;
constexpr double kPlotWidth = kWidth - kLeft - kRight, kPlotHeight = kHeight - kTop - kBottom;
constexpr int kDecades = 5;  // of the share's axis

std::string Open(std::string_view title, double height, const std::vector<ChartSeries>& series) {
  std::vector<std::pair<std::string, std::string>> keys;
  for (const ChartSeries& s : series) keys.emplace_back(s.style, s.label);
  return SvgOpen(StrCat(title, ": shares of rows"), height, kLeft, keys);
}

std::string Compact(double value) {
  static constexpr struct {
    double unit;
    const char* letter;
  } kUnits[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
  for (const auto& u : kUnits) {
    if (value >= u.unit) return absl::StrFormat("%.3g%s", value / u.unit, u.letter);
  }
  return absl::StrFormat("%g", value);
}

class Axes {
 public:
  Axes(Scale scale, double lo, double hi) : scale_(scale), lo_(OnScale(scale, lo)), hi_(OnScale(scale, hi)) {
    if (hi_ <= lo_) hi_ = lo_ + 1;
  }
  double X(double value) const { return kLeft + kPlotWidth * (OnScale(scale_, value) - lo_) / (hi_ - lo_); }
  double Y(double share) const {
    const double decades = std::clamp(-std::log10(std::max(share, 1e-300)), 0.0, double(kDecades));
    return kTop + kPlotHeight * decades / kDecades;
  }

 private:
  Scale scale_;
  double lo_, hi_;
};

std::string Steps(const Axes& axes, const std::vector<double>& edges, const std::vector<double>& shares,
                  bool filled) {
  const double ground = kTop + kPlotHeight;
  std::string path = absl::StrFormat("M%.1f %.1f", axes.X(edges[0]), ground);
  for (size_t i = 0; i < shares.size(); ++i) {
    StrAppend(&path, absl::StrFormat("V%.1fH%.1f", axes.Y(shares[i]), axes.X(edges[i + 1])));
  }
  StrAppend(&path, absl::StrFormat("V%.1f", ground), filled ? "Z" : "");
  return path;
}

}  // namespace

std::string BinChart(std::string_view title, std::string_view unit, Scale scale,
                     const std::vector<double>& edges, const std::vector<ChartSeries>& series) {
  std::string out = Open(title, kHeight, series);
  const Axes axes(scale, edges.front(), edges.back());
  static constexpr const char* kShares[] = {"100 %", "10 %", "1 %", "0.1 %", "0.01 %", "0.001 %"};
  for (int d = 0; d <= kDecades; ++d) {
    const double y = axes.Y(std::pow(10, -d));
    StrAppend(&out, SvgLine(kLeft, y, kWidth - kRight, y, "rule"),
              SvgText(kLeft - 4, y + 4, "end", kShares[d]));
  }
  for (double t : SvgTicks(scale, edges.front(), edges.back())) {
    StrAppend(&out, SvgLine(axes.X(t), kTop + kPlotHeight, axes.X(t), kTop + kPlotHeight + 4, "axis"),
              SvgText(axes.X(t), kTop + kPlotHeight + 17, "middle", Compact(t)));
  }
  for (const ChartSeries& s : series) {
    StrAppend(&out, "<path class=\"", s.style, "\" d=\"", Steps(axes, edges, s.shares, s.style == "real"),
              "\"/>");
  }
  const std::string axis =
      StrCat(title, unit.empty() ? "" : ", ", unit, scale == Scale::kAsIs ? "" : " (log axis)");
  StrAppend(&out, SvgLine(kLeft, kTop + kPlotHeight, kWidth - kRight, kTop + kPlotHeight, "axis"),
            SvgText(kLeft + kPlotWidth / 2, kHeight - 7, "middle", axis), "</svg>");
  return out;
}

std::string CategoryChart(std::string_view title, const std::vector<std::string>& categories,
                          const std::vector<ChartSeries>& series) {
  const double bar = 8, group = bar * series.size() + 10, left = 84, right = 52;
  const double plot = kWidth - left - right,
               height = std::max(kHeight, kTop + group * categories.size() + kBottom);
  double top = 0;
  for (const ChartSeries& s : series)
    top = std::max(top, *std::max_element(s.shares.begin(), s.shares.end()));
  top = std::max(top, 1e-9);
  std::string out = Open(title, height, series);
  for (size_t c = 0; c < categories.size(); ++c) {
    const double y = kTop + group * c;
    StrAppend(&out, SvgText(left - 6, y + group / 2, "end", categories[c]));
    for (size_t s = 0; s < series.size(); ++s) {
      const double share = series[s].shares[c], width = plot * share / top;
      StrAppend(
          &out,
          absl::StrFormat("<rect class=\"bar %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                          series[s].style, left, y + bar * s, width, bar - 1),
          SvgText(left + width + 3, y + bar * s + 7.5, "start", absl::StrFormat("%.2f %%", 100 * share),
                  "small"));
    }
  }
  const double ground = kTop + group * categories.size();
  StrAppend(&out, SvgLine(left, kTop - 4, left, ground, "axis"),
            SvgText(left + plot / 2, ground + 16, "middle", StrCat(title, ": share of rows")), "</svg>");
  return out;
}

}  // namespace stanflow
