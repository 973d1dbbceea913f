#ifndef STANFLOW_CORE_STUDY_PAPER_JSON_H_
#define STANFLOW_CORE_STUDY_PAPER_JSON_H_

#include <string>
#include <vector>

#include "core/study/two_variable_study.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// One of the paper's models beside the evaluation of ours.
struct PaperModel {
  // "stan" (the default preset), "stan_paper" (as published), "b1" to "b4".
  std::string name;
  nlohmann::json report;  // report.json of its evaluation
};

// The paper's tables and figures as `tables.<2|3|4>.<model>.<attribute or test>.{paper,ours,floor}`
// and `figures.<4..9>.<model>...` alike. What is missing is null: the paper prints no number, a
// model has no likelihood.
//   tables.2    rules T1 to T3, percent; `floor` is the real rows' rate; model "real" is the real rows
//   tables.3    the two-variable process: mean squared error, mean over the seeds (`ours_sd` their
//               deviation); `floor` is what the process itself allows
//   tables.4    nats over 200 bins, with `ours_se`; no floor is known
//   figures.5   JSD an attribute, nats, with the real-against-real floor; the paper's bars have no numbers
//   figures.6   Task 1, macro F1: .points[] of {real_fraction, mean, sd}, for "real" and every model;
//               `kept`: of 0 % real relative to all real, {paper, ours, floor: 1}
//   figures.7   Task 2, mean squared error, likewise; `growth`: of 0 % real over all real, {paper, ours,
//               floor: 0}
//   figures.4, 8, 9   correlations of the process and .points[] of the first seed
//   models      who each is, and how many rows it was judged by
//   beyond      what the paper does not look at: .<measure>.<model> of {ours, floor} for exact_nats_per_row,
//               mean_jsd, t3_distance (to the real rate), association, autocorrelation_bytes,
//               autocorrelation_time_delta, two_sample_auc and rows_per_host_hour (whose floor is the real
//               rows' mean); .running.<model>: the report's `running`
// `model` in figures 4, 8 and 9 and in table 3: "simulated", "b1", "stan_mask_a", "stan_mask_b".
nlohmann::json PaperJson(const std::vector<PaperModel>& models, const std::vector<ProcessModel>& process);

}  // namespace stanflow

#endif  // STANFLOW_CORE_STUDY_PAPER_JSON_H_
