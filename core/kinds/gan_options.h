#ifndef STANFLOW_CORE_KINDS_GAN_OPTIONS_H_
#define STANFLOW_CORE_KINDS_GAN_OPTIONS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/option_table.h"
#include "core/gan/gan.h"

namespace stanflow {

// What a request may set of every GAN of flows. A kind's own options derive from it; the constructor gets
// what differs by default.
struct GanOptions {
  GanOptions(int epochs, double generator_rate, double critic_rate)
      : epochs(epochs), generator_rate(generator_rate), critic_rate(critic_rate) {}

  int epochs;
  int batch_rows = 500, rows = 500000, width = 256;
  double generator_rate, critic_rate;

  uint64_t max_rows() const { return static_cast<uint64_t>(rows); }
  // The part of a schedule that they decide.
  void SetSchedule(GanSchedule* schedule) const {
    schedule->epochs = epochs;
    schedule->batch_rows = batch_rows;
    schedule->generator_rate = generator_rate;
    schedule->critic_rate = critic_rate;
  }
};

// Their rows of a table, and after them the kind's `own`. `batch` and `layers` end two help lines.
template <typename Options>
std::vector<OptionRow<Options>> GanOptionRows(const std::string& batch, const std::string& layers,
                                              std::vector<OptionRow<Options>> own) {
  std::vector<OptionRow<Options>> rows = {
      {"epochs", "passes", "over the rows, unless the time budget ends before",
       WholeOption<Options>{&Options::epochs, 1, 100000}},
      {"batch_rows", "rows", "a step" + batch, WholeOption<Options>{&Options::batch_rows, 2, 100000}},
      {"rows", "rows", "learned from at most, evenly spread over the training rows",
       WholeOption<Options>{&Options::rows, 1, 20000000}},
      {"width", "units", "of each of the " + layers + " of both nets",
       WholeOption<Options>{&Options::width, 1, 4096}},
      {"generator_rate", "", "Adam's rate for the generator",
       RealOption<Options>{&Options::generator_rate, 1e-8, 1}},
      {"critic_rate", "", "Adam's rate for the critic", RealOption<Options>{&Options::critic_rate, 1e-8, 1}}};
  for (OptionRow<Options>& row : own) rows.push_back(std::move(row));
  return rows;
}

}  // namespace stanflow

#endif  // STANFLOW_CORE_KINDS_GAN_OPTIONS_H_
