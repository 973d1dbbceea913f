#ifndef STANFLOW_CORE_SIMULATE_DAILY_CYCLE_H_
#define STANFLOW_CORE_SIMULATE_DAILY_CYCLE_H_

#include <cstdint>

namespace stanflow {

// How busy the clock's hour is, 0 to 1.
enum class Cycle {
  kOffice,  // people at work: a peak before and after lunch, little at night and at weekends
  kPublic,  // the world outside: an evening peak, never quiet
  kFlat,    // machines
};

// `ms` since 1970-01-01T00:00:00Z; runs smoothly over the borders of hours.
double Activity(Cycle cycle, int64_t ms);

}  // namespace stanflow

#endif  // STANFLOW_CORE_SIMULATE_DAILY_CYCLE_H_
