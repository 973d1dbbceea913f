#ifndef STANFLOW_SERVER_SCHEDULE_BATCH_PLANNER_H_
#define STANFLOW_SERVER_SCHEDULE_BATCH_PLANNER_H_

#include <cstdint>
#include <vector>

namespace stanflow {

// Decides which streams' contexts form the tiles of one step. A pure function: no thread, lock
// or clock, and nothing remembered but the credit that goes in and comes out.
//
// Why there is something to decide: an ordered stream has only a part of its contexts due (a
// quiet host waits for the busy ones), a tile may cost the same full or not, and a step must stay
// short, since streams join, leave and are cancelled only between steps. So:
//  - streams of one generator fill its tiles together, one after the other;
//  - where a tile costs the same full or not, a part-filled last one is left for the next step
//    (where its contexts, and more, are due again) if it would cost every thread a round, or if it
//    is filled too little;
//  - where it costs in proportion, nothing waits: tiles are equally full, and there are so many that
//    no thread of the last round is idle;
//  - every generator with a due context gets a tile, or takes turns where there are more of them than tiles;
//  - when not everything fits, generators share tiles after their numbers of streams, and
//    streams share places equally; the odd places that are left go round by credit.

struct PlanGenerator {
  uint32_t tile_rows = 1;  // contexts a tile holds
  // Steps in a row in which it had due contexts and no tile: BatchPlan::generator_credit of the last plan, 0
  // at first.
  uint32_t credit = 0;
  // A tile of at least so many contexts costs in proportion to them. 0: it costs the same full or not.
  uint32_t least_rows = 0;
};

struct PlanStream {
  uint64_t id = 0;         // breaks ties, the lower first
  uint32_t generator = 0;  // index of its generator
  uint32_t due = 0;        // contexts that may be stepped
  bool parked = false;     // sits out
  // Places that others got and it was owed: BatchPlan::credit of the last plan, 0 at first.
  double credit = 0;
};

struct PlanLimits {
  uint32_t threads = 1;    // tiles that run at once
  uint32_t max_tiles = 4;  // of one step, over all generators
  // A part-filled tile beside full ones runs now only if at least this share of it is filled. (Not where
  // tiles cost in proportion.)
  double min_fill = 0.5;
};

struct PlanSlice {
  uint32_t stream = 0;    // index of the stream
  uint32_t contexts = 0;  // how many of its contexts, more than 0
};

struct PlanTile {
  uint32_t generator = 0;
  uint32_t contexts = 0;     // 1 to the generator's tile_rows
  uint32_t first_slice = 0;  // of BatchPlan::slices
  uint32_t slices = 0;
};

struct BatchPlan {
  std::vector<PlanTile> tiles;  // of one generator after the other
  // In the order of the tiles. Slices of one stream follow each other.
  std::vector<PlanSlice> slices;
  // For the next plan, of each stream and each generator.
  std::vector<double> credit;
  std::vector<uint32_t> generator_credit;
};

BatchPlan PlanBatch(const std::vector<PlanStream>& streams, const std::vector<PlanGenerator>& generators,
                    const PlanLimits& limits);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_SCHEDULE_BATCH_PLANNER_H_
