#include "core/eval/task_chart.h"

#include <cmath>
#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"
#include "core/eval/html.h"
#include "core/eval/task_series.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

double NumberOrNan(const nlohmann::json& value) { return value.is_number() ? value.get<double>() : NAN; }

}  // namespace

std::vector<std::string> TaskPlaces() {
  std::vector<std::string> out;
  for (double fraction : kRealFractions) out.push_back(absl::StrFormat("%g", fraction));
  return out;
}

std::vector<nlohmann::json> TaskPoints(const nlohmann::json& points) {
  std::vector<nlohmann::json> out(std::size(kRealFractions));
  for (const auto& point : points) {
    for (size_t i = 0; i < out.size(); ++i) {
      if (At(point, {"real_fraction"}) == kRealFractions[i]) out[i] = point;
    }
  }
  return out;
}

LineSeries TaskLine(const nlohmann::json& points, std::string style, std::string label) {
  LineSeries out{std::move(style), std::move(label), {}, {}};
  for (const nlohmann::json& point : TaskPoints(points)) {
    out.y.push_back(NumberOrNan(At(point, {"mean"})));
    out.spread.push_back(NumberOrNan(At(point, {"sd"})));
  }
  return out;
}

}  // namespace stanflow
