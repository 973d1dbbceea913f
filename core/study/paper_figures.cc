#include "core/study/paper_figures.h"

#include "absl/types/span.h"

namespace stanflow {
namespace {

struct Printed {
  std::string_view model, what;
  double value;
};

constexpr Printed kTable2[] = {
    {"real", "T1", 100}, {"real", "T2", 100}, {"real", "T3", 94}, {"b1", "T1", 69}, {"b1", "T2", 77},
    {"b1", "T3", 51},    {"b2", "T1", 69},    {"b2", "T2", 78},   {"b2", "T3", 50}, {"b3", "T1", 99},
    {"b3", "T2", 99},    {"b3", "T3", 79},    {"b4", "T1", 92},   {"b4", "T2", 99}, {"b4", "T3", 75},
    {"stan", "T1", 100}, {"stan", "T2", 99},  {"stan", "T3", 81},
};
constexpr Printed kTable3[] = {
    {"simulated", "T1", 0.010},   {"simulated", "T2", 0.01},    {"b1", "T1", 0.050},
    {"b1", "T2", 0.05},           {"stan_mask_a", "T1", 0.013}, {"stan_mask_a", "T2", 0.01},
    {"stan_mask_b", "T1", 0.010}, {"stan_mask_b", "T2", 0.01},
};
constexpr Printed kTable4[] = {
    {"b1", "bytes", 4.85},     {"b1", "packets", 3.78},    {"b1", "duration", 1.81},
    {"b1", "protocol", 0.341}, {"b2", "bytes", 3.90},      {"b2", "packets", 2.62},
    {"b2", "duration", 0.97},  {"b2", "protocol", 0.344},  {"stan", "bytes", 2.34},
    {"stan", "packets", 1.73}, {"stan", "duration", 0.59}, {"stan", "protocol", 0.002},
};
constexpr Printed kFigure8[] = {
    {"simulated", "r", 0.9}, {"stan_mask_a", "r", 0.9}, {"stan_mask_b", "r", 0.9}};
constexpr Printed kFigure9[] = {
    {"simulated", "r", 0.9}, {"stan_mask_a", "r", 0.7}, {"stan_mask_b", "r", 0.9}};

std::optional<double> Find(absl::Span<const Printed> printed, std::string_view model, std::string_view what) {
  for (const Printed& p : printed) {
    if (p.model == model && p.what == what) return p.value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> PaperTable2(std::string_view model, std::string_view test) {
  return Find(kTable2, model, test);
}
std::optional<double> PaperTable3(std::string_view model, std::string_view task) {
  return Find(kTable3, model, task);
}
std::optional<double> PaperTable4(std::string_view model, std::string_view attribute) {
  return Find(kTable4, model, attribute);
}
std::optional<double> PaperFigure8(std::string_view model) { return Find(kFigure8, model, "r"); }
std::optional<double> PaperFigure9(std::string_view model) { return Find(kFigure9, model, "r"); }

std::optional<double> PaperFigure6(std::string_view model, double real_fraction) {
  if (real_fraction == 1) return 0.78;
  if (real_fraction == 0 && model == "stan") return 0.75;
  return std::nullopt;
}

std::optional<double> PaperFigure7Growth(std::string_view model) {
  if (model == "stan") return 0.13;
  return std::nullopt;
}

}  // namespace stanflow
