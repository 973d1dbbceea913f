#include "core/eval/svg_line_chart.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"
#include "core/base/strings.h"
#include "core/eval/svg_parts.h"

namespace stanflow {
namespace {

constexpr double kLeft = 52, kRight = 14, kTop = 42, kBottom = 42;
constexpr double kPlotWidth = kSvgWidth - kLeft - kRight, kPlotHeight = kSvgHeight - kTop - kBottom;

double SpreadAt(const LineSeries& s, size_t place) {
  return place < s.spread.size() && std::isfinite(s.spread[place]) ? s.spread[place] : 0;
}

class Plot {
 public:
  Plot(size_t places, const std::vector<LineSeries>& series, bool logarithmic)
      : places_(places), logarithmic_(logarithmic) {
    for (const LineSeries& s : series) {
      for (size_t i = 0; i < s.y.size(); ++i) {
        if (!std::isfinite(s.y[i])) continue;
        lo_ = std::min(lo_, On(LowEnd(s, i)));
        hi_ = std::max(hi_, On(s.y[i] + SpreadAt(s, i)));
      }
    }
    if (hi_ == lo_) hi_ += std::max(0.1 * std::abs(hi_), 0.1);  // a flat line needs an axis that can be read
    const double margin = 0.04 * (hi_ - lo_);
    lo_ -= margin;
    hi_ += margin;
  }
  bool empty() const { return !(lo_ < hi_) || std::isinf(lo_); }
  std::vector<double> Ticks() const {
    if (!logarithmic_) return SvgTicks(Scale::kAsIs, lo_, hi_);
    const double least = std::exp(lo_), most = std::exp(hi_);
    std::vector<double> ticks;
    for (double decade = std::pow(10, std::floor(std::log10(least))); decade <= most; decade *= 10) {
      for (double step : {1, 2, 5}) {
        if (step * decade >= least && step * decade <= most) ticks.push_back(step * decade);
      }
    }
    // Over many decades, decades alone; within less than one, round steps.
    if (ticks.size() > 9) return SvgTicks(Scale::kLn, least, most);
    return ticks.size() > 1 ? ticks : SvgTicks(Scale::kAsIs, least, most);
  }
  double LowEnd(const LineSeries& s, size_t place) const {
    const double end = s.y[place] - SpreadAt(s, place);
    return logarithmic_ ? std::max(end, s.y[place] / 10) : end;
  }
  double X(size_t place) const { return kLeft + kPlotWidth * (place + 0.5) / places_; }
  double Y(double value) const { return kTop + kPlotHeight * (hi_ - On(value)) / (hi_ - lo_); }

 private:
  // What has no place on a logarithmic axis lies infinitely low.
  double On(double value) const { return logarithmic_ ? std::log(std::max(value, 0.0)) : value; }

  size_t places_;
  bool logarithmic_;
  double lo_ = INFINITY, hi_ = -INFINITY;
};

std::string Bar(const Plot& plot, const LineSeries& s, size_t place) {
  const double spread = SpreadAt(s, place), x = plot.X(place);
  if (spread == 0) return "";
  const double top = plot.Y(s.y[place] + spread), bottom = plot.Y(plot.LowEnd(s, place));
  const std::string style = StrCat("bar ", s.style);
  return StrCat(SvgLine(x, top, x, bottom, style), SvgLine(x - 3, top, x + 3, top, style),
                SvgLine(x - 3, bottom, x + 3, bottom, style));
}

std::string Drawn(const Plot& plot, const LineSeries& s) {
  std::string path, marks;
  bool pen_down = false;
  for (size_t i = 0; i < s.y.size(); ++i) {
    if (!std::isfinite(s.y[i])) {
      pen_down = false;
      continue;
    }
    const double x = plot.X(i), y = plot.Y(s.y[i]);
    StrAppend(&path, absl::StrFormat("%s%.1f %.1f", pen_down ? "L" : "M", x, y));
    StrAppend(&marks, Bar(plot, s, i),
              absl::StrFormat("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.4\"/>", s.style, x, y));
    pen_down = true;
  }
  return StrCat("<path class=\"line ", s.style, "\" d=\"", path, "\"/>", marks);
}

std::string TickText(double value) {
  return std::abs(value) >= 1000 && std::abs(value) < 1e6 ? absl::StrFormat("%.0f", value)
                                                          : absl::StrFormat("%.3g", value);
}

std::string Axis(const Plot& plot, const LineChartText& text) {
  std::string out;
  for (double t : plot.Ticks()) {
    const double value = std::abs(t) < 1e-9 ? 0 : t;  // steps added up may miss 0 by a hair
    StrAppend(&out, SvgLine(kLeft, plot.Y(value), kSvgWidth - kRight, plot.Y(value), "rule"),
              SvgText(kLeft - 4, plot.Y(value) + 4, "end", TickText(value)));
  }
  const double ground = kTop + kPlotHeight;
  for (size_t i = 0; i < text.places.size(); ++i) {
    if (text.places[i].empty()) continue;
    StrAppend(&out, SvgLine(plot.X(i), ground, plot.X(i), ground + 4, "axis"),
              SvgText(plot.X(i), ground + 17, "middle", text.places[i]));
  }
  return StrCat(out, SvgLine(kLeft, ground, kSvgWidth - kRight, ground, "axis"),
                SvgText(kLeft + kPlotWidth / 2, kSvgHeight - 7, "middle", text.x_axis),
                SvgText(kLeft - 44, 34, "start", text.y_axis));
}

}  // namespace

std::string LineChart(const LineChartText& text, const std::vector<LineSeries>& series) {
  const Plot plot(text.places.size(), series, text.logarithmic);
  if (plot.empty()) return "";
  std::vector<std::pair<std::string, std::string>> keys;
  for (const LineSeries& s : series) keys.emplace_back(s.style, s.label);
  std::string out = StrCat(SvgOpen(text.title, kSvgHeight, kLeft, keys), Axis(plot, text));
  for (const LineSeries& s : series) out += Drawn(plot, s);
  return out + "</svg>";
}

}  // namespace stanflow
