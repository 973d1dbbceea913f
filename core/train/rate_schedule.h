#ifndef STANFLOW_CORE_TRAIN_RATE_SCHEDULE_H_
#define STANFLOW_CORE_TRAIN_RATE_SCHEDULE_H_

#include <cstdint>

#include "core/model/options.h"

namespace stanflow {

// Where a net's training stands, as far as its learning rate depends on it. Rows count gradients.
struct RatePoint {
  uint64_t rows_done = 0, steps = 0, epoch = 0;
  uint64_t total_rows = 0;  // at which the cosine reaches 0 (causal)
  // A net that stopped gaining settles: its rate falls to 0 between these rows. No end: it does not.
  uint64_t settle_begin = 0, settle_end = 0;
  int halvings = 0;  // after losses that were no numbers
};

// What the peak rates are multiplied with.
//   causal: 50 warm-up steps, then a cosine to 0 over total_rows, or over what is left when the net settles
//   paper:  x 0.9 every 10 epochs (STAN section 8.1 and notes)
double RateFactor(Preset preset, const RatePoint& point);

// How many rows a net settles over.
uint64_t SettleRows(uint64_t rows_done);

}  // namespace stanflow

#endif  // STANFLOW_CORE_TRAIN_RATE_SCHEDULE_H_
