#include "core/eval/autocorrelation.h"

#include <cmath>
#include <cstddef>

namespace stanflow {
namespace {

struct Moments {
  double weight = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  size_t pairs = 0;

  void Add(const WeightedRun& run, size_t lag) {
    if (run.values.size() <= lag) return;
    const size_t count = run.values.size() - lag;
    double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
    for (size_t i = 0; i < count; ++i) {
      const double a = run.values[i], b = run.values[i + lag];
      sx += a;
      sy += b;
      sxx += a * a;
      syy += b * b;
      sxy += a * b;
    }
    weight += run.weight * count;
    x += run.weight * sx;
    y += run.weight * sy;
    xx += run.weight * sxx;
    yy += run.weight * syy;
    xy += run.weight * sxy;
    pairs += count;
  }

  double Correlation() const {
    if (pairs < 2 || weight <= 0) return NAN;
    const double mx = x / weight, my = y / weight;
    const double vx = xx / weight - mx * mx, vy = yy / weight - my * my;
    // Below this a variance is what rounding left of none.
    if (vx <= 1e-12 * xx / weight || vy <= 1e-12 * yy / weight) return NAN;
    return (xy / weight - mx * my) / std::sqrt(vx * vy);
  }
};

}  // namespace

std::vector<double> Autocorrelation(const std::vector<WeightedRun>& runs, int lags) {
  std::vector<double> out;
  for (int lag = 1; lag <= lags; ++lag) {
    Moments moments;
    for (const WeightedRun& run : runs) moments.Add(run, lag);
    out.push_back(moments.Correlation());
  }
  return out;
}

}  // namespace stanflow
