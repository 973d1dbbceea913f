#ifndef STANFLOW_CORE_STUDY_PAPER_FIGURES_H_
#define STANFLOW_CORE_STUDY_PAPER_FIGURES_H_

#include <optional>
#include <string_view>

namespace stanflow {

// The numbers that the STAN paper (Xu, Marwah, Ramakrishnan 2020) prints, by the names that
// paper.json gives models and tests. None where the paper prints none.

// Table 2: rows that pass a domain knowledge test, percent. `test`: "T1", "T2", "T3"; `model`: "real",
// "b1" to "b4", "stan".
std::optional<double> PaperTable2(std::string_view model, std::string_view test);

// Table 3: mean squared error. `task`: "T1", "T2"; `model`: "simulated", "b1", "stan_mask_a", "stan_mask_b".
std::optional<double> PaperTable3(std::string_view model, std::string_view task);

// Table 4: nats over 200 bins. `attribute`: "bytes", "packets", "duration", "protocol"; `model`: "b1",
// "b2", "stan".
std::optional<double> PaperTable4(std::string_view model, std::string_view attribute);

// Figures 8 and 9: correlations of x_i with x_{i-1} and with y_i. `model` as in Table 3.
std::optional<double> PaperFigure8(std::string_view model);
std::optional<double> PaperFigure9(std::string_view model);

// Figures 6 and 7 as far as the text has their numbers: macro F1 of Task 1 with all and with no real data
// ("real", "stan"), and the share by which Task 2's error grows without real data ("stan").
std::optional<double> PaperFigure6(std::string_view model, double real_fraction);
std::optional<double> PaperFigure7Growth(std::string_view model);

}  // namespace stanflow

#endif  // STANFLOW_CORE_STUDY_PAPER_FIGURES_H_
