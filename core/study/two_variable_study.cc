#include "core/study/two_variable_study.h"

#include <cmath>
#include <utility>

#include "absl/types/span.h"
#include "core/base/philox.h"
#include "core/base/status_macros.h"
#include "core/generate/baselines/gaussian_mixture.h"
#include "core/model/naive_stan.h"

namespace stanflow {
namespace {

// Samples of one seed are of different processes' runs.
constexpr uint64_t kTestSample = 1'000'000;
constexpr uint32_t kB1Stream = 11;

using Values = absl::Span<const double>;

double Mean(Values values) {
  double sum = 0;
  for (double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

// Mean of (a - mean a)(b - mean b).
double Covariance(Values a, Values b) {
  const double mean_a = Mean(a), mean_b = Mean(b);
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum / static_cast<double>(a.size());
}

double Correlation(Values a, Values b) {
  return Covariance(a, b) / std::sqrt(Covariance(a, a) * Covariance(b, b));
}

// The least squares line of `to` over `from`, judged on other values.
double LineMse(Values from, Values to, Values test_from, Values test_to) {
  const double slope = Covariance(from, to) / Covariance(from, from);
  const double offset = Mean(to) - slope * Mean(from);
  double squares = 0;
  for (size_t i = 0; i < test_from.size(); ++i) {
    const double miss = test_to[i] - slope * test_from[i] - offset;
    squares += miss * miss;
  }
  return squares / static_cast<double>(test_from.size());
}

Values Before(const std::vector<double>& values) { return Values(values).first(values.size() - 1); }
Values After(const std::vector<double>& values) { return Values(values).subspan(1); }

absl::StatusOr<std::vector<double>> DrawB1(const std::vector<double>& column, uint64_t seed, uint32_t place) {
  GaussianMixtureFitOptions fit;
  fit.seed = seed;
  STANFLOW_ASSIGN_OR_RETURN(const GaussianMixture mixture, FitGaussianMixture(column, fit));
  std::vector<double> out;
  for (uint64_t i = 0; i < column.size(); ++i) {
    const double component = Uniform2({seed, kB1Stream, place, i, 0})[0];
    const auto normal = Uniform2({seed, kB1Stream, place, i, 1});
    out.push_back(mixture.Draw(component, normal[0], normal[1]));
  }
  return out;
}

absl::StatusOr<TwoVariableSample> FromB1(const TwoVariableSample& training, uint64_t seed) {
  TwoVariableSample out;
  STANFLOW_ASSIGN_OR_RETURN(out.x, DrawB1(training.x, seed, 0));
  STANFLOW_ASSIGN_OR_RETURN(out.y, DrawB1(training.y, seed, 1));
  return out;
}

absl::StatusOr<TwoVariableSample> FromStan(const TwoVariableSample& training, Mask mask, uint64_t seed) {
  NaiveStanOptions options;
  options.mask = mask;
  options.seed = seed;
  STANFLOW_ASSIGN_OR_RETURN(const NaiveStan model, NaiveStan::Train({training.x, training.y}, options));
  Columns columns = model.Generate(seed, training.x.size());
  return TwoVariableSample{std::move(columns[0]), std::move(columns[1])};
}

}  // namespace

ProcessFigures MeasureProcess(const TwoVariableSample& sample, const TwoVariableSample& test) {
  return {Correlation(After(sample.x), Before(sample.x)), Correlation(sample.x, sample.y),
          LineMse(sample.x, sample.y, test.x, test.y),
          LineMse(Before(sample.x), After(sample.x), Before(test.x), After(test.x))};
}

absl::StatusOr<std::vector<ProcessModel>> StudyTwoVariables(const TwoVariableStudyOptions& options) {
  std::vector<ProcessModel> models = {
      {"simulated", {}, {}}, {"b1", {}, {}}, {"stan_mask_a", {}, {}}, {"stan_mask_b", {}, {}}};
  for (int s = 0; s < options.seeds; ++s) {
    if (options.stop_requested && options.stop_requested())
      return absl::CancelledError("stopped while the simulated process was studied");
    const uint64_t seed = options.seed + static_cast<uint64_t>(s);
    std::vector<TwoVariableSample> samples = {SimulateTwoVariables(seed, options.points)};
    STANFLOW_ASSIGN_OR_RETURN(samples.emplace_back(), FromB1(samples[0], seed));
    STANFLOW_ASSIGN_OR_RETURN(samples.emplace_back(), FromStan(samples[0], Mask::kA, seed));
    STANFLOW_ASSIGN_OR_RETURN(samples.emplace_back(), FromStan(samples[0], Mask::kB, seed));
    const TwoVariableSample test = SimulateTwoVariables(kTestSample + seed, options.points);
    for (size_t m = 0; m < models.size(); ++m) {
      models[m].figures.push_back(MeasureProcess(samples[m], test));
      if (s == 0) models[m].sample = std::move(samples[m]);
    }
  }
  return models;
}

}  // namespace stanflow
