#ifndef STANFLOW_CORE_SIMULATE_OFFICE_ACTIVITIES_H_
#define STANFLOW_CORE_SIMULATE_OFFICE_ACTIVITIES_H_

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/simulate/daily_cycle.h"
#include "core/simulate/flow_queue.h"
#include "core/simulate/office_network.h"
#include "core/simulate/random.h"

namespace stanflow {

// What an activity works with. Every flow that it adds ends at or after `start_ms`.
struct Scene {
  const OfficeNetwork& network;
  const OfficeHost& host;
  int64_t start_ms;
  Random* random;
  FlowQueue* out;
};

// Something that a host of a role does again and again.
struct OfficeActivity {
  enum class When {
    kRandom,    // at random, `per_hour` times in a busiest hour, after the cycle
    kPeriodic,  // every 1 / `per_hour` hours
    kDaily,     // once a day, from `hour` on, hosts a little apart
  };
  std::string_view name;
  When when;
  double per_hour;
  Cycle cycle;
  int hour;
  // Whether the host's own rate counts.
  bool personal;
  void (*run)(const Scene& scene);
};

absl::Span<const OfficeActivity> ActivitiesOf(Role role);

}  // namespace stanflow

#endif  // STANFLOW_CORE_SIMULATE_OFFICE_ACTIVITIES_H_
