#include "server/schedule/batch_planner.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

constexpr bool kParked = true;

// "[0x3 1x1][1x2]": a tile of 3 contexts of stream 0 and 1 of stream 1, and one of 2 of stream 1.
std::string Text(const BatchPlan& plan) {
  std::string text;
  for (const PlanTile& tile : plan.tiles) {
    text += "[";
    for (uint32_t i = 0; i < tile.slices; ++i) {
      const PlanSlice& slice = plan.slices[tile.first_slice + i];
      text += (i > 0 ? " " : "") + std::to_string(slice.stream) + "x" + std::to_string(slice.contexts);
    }
    text += "]";
  }
  return text;
}

PlanLimits Limits(uint32_t threads, uint32_t max_tiles) { return {threads, max_tiles, 0.5}; }

TEST(BatchPlanner, FormsTheseTiles) {
  const struct {
    std::string name;
    std::vector<PlanStream> streams;  // id, generator, due, parked, credit
    std::vector<PlanGenerator> generators;
    PlanLimits limits;
    std::string tiles;
  } cases[] = {
      {"nothing from no stream", {}, {}, Limits(2, 8), ""},
      {"nothing from streams without due contexts", {{1, 0, 0}}, {{4}}, Limits(2, 8), ""},
      {"a part-filled tile when there is no more", {{1, 0, 3}}, {{4}}, Limits(2, 8), "[0x3]"},
      {"streams share a tile", {{1, 0, 1}, {2, 0, 2}}, {{4}}, Limits(2, 8), "[0x1 1x2]"},
      {"a stream runs over into the next tile",
       {{1, 0, 3}, {2, 0, 5}},
       {{4}},
       Limits(2, 8),
       "[0x3 1x1][1x4]"},
      {"a parked stream sits out", {{1, 0, 4, kParked}, {2, 0, 2}}, {{4}}, Limits(2, 8), "[1x2]"},
      {"generators share no tile",
       {{1, 0, 1}, {2, 1, 1}, {3, 0, 1}},
       {{4}, {4}},
       Limits(2, 8),
       "[0x1 2x1][1x1]"},
      {"tile sizes differ by generator",
       {{1, 0, 3}, {2, 1, 3}},
       {{1}, {4}},
       Limits(2, 8),
       "[0x1][0x1][0x1][1x3]"},
      {"a well-filled rest uses an idle thread", {{1, 0, 6}}, {{4}}, Limits(2, 8), "[0x4][0x2]"},
      {"a thin rest waits even so", {{1, 0, 5}}, {{4}}, Limits(2, 8), "[0x4]"},
      {"a rest that costs a round waits", {{1, 0, 11}}, {{4}}, Limits(2, 8), "[0x4][0x4]"},
      {"with one thread every rest costs a round", {{1, 0, 7}}, {{4}}, Limits(1, 8), "[0x4]"},
      {"a generator's only tile never waits",
       {{1, 0, 8}, {2, 1, 1}},
       {{4}, {4}},
       Limits(2, 8),
       "[0x4][0x4][1x1]"},
      {"what costs in proportion is spread over the threads",
       {{1, 0, 3}},
       {{4, 0, 1}},
       Limits(2, 8),
       "[0x2][0x1]"},
      {"evenly, and nothing of it waits",
       {{1, 0, 5}, {2, 0, 4}},
       {{4, 0, 1}},
       Limits(2, 8),
       "[0x3][0x2][1x2][1x2]"},
      {"but not in smaller tiles than pay", {{1, 0, 7}}, {{16, 0, 3}}, Limits(4, 8), "[0x4][0x3]"},
      {"nor beyond the most tiles", {{1, 0, 9}}, {{4, 0, 1}}, Limits(4, 3), "[0x3][0x3][0x3]"},
      {"nor where others use the threads",
       {{1, 0, 60}, {2, 1, 16}},
       {{64, 0, 8}, {16}},
       Limits(2, 8),
       "[0x60][1x16]"},
      {"nor for a round that others were kept from opening",
       {{1, 0, 3}, {2, 1, 7}},
       {{4, 0, 1}, {4}},
       Limits(2, 8),
       "[0x3][1x4]"},
      {"the thread that others leave idle is used",
       {{1, 0, 6}, {2, 1, 5}},
       {{4, 0, 1}, {4}},
       Limits(2, 8),
       "[0x2][0x2][0x2][1x4]"},
      {"what does not fit is shared equally", {{1, 0, 8}, {2, 0, 8}}, {{4}}, Limits(1, 2), "[0x4][1x4]"},
      {"what a small stream leaves goes to the others",
       {{1, 0, 1}, {2, 0, 8}, {3, 0, 8}},
       {{4}},
       Limits(1, 2),
       "[0x1 1x3][1x1 2x3]"},
      {"an odd place goes to the lower id first",
       {{1, 0, 8}, {2, 0, 8}, {3, 0, 8}},
       {{4}},
       Limits(1, 1),
       "[0x2 1x1 2x1]"},
      {"an odd place goes by credit",
       {{1, 0, 8, false, 1}, {2, 0, 8, false, 2}, {3, 0, 8}},
       {{4}},
       Limits(1, 1),
       "[0x1 1x2 2x1]"},
      {"tiles go by numbers of streams",
       {{1, 0, 9}, {2, 0, 9}, {3, 0, 9}, {4, 1, 9}},
       {{1}, {1}},
       Limits(4, 4),
       "[0x1][1x1][2x1][3x1]"},
      {"more generators than tiles take turns by credit",
       {{1, 0, 1}, {2, 1, 1}},
       {{4}, {4, 3}},
       Limits(1, 1),
       "[1x1]"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(Text(PlanBatch(c.streams, c.generators, c.limits)), c.tiles) << c.name;
}

TEST(BatchPlanner, ServesEqualStreamsEquallyOverTime) {
  std::vector<PlanStream> streams;
  for (uint64_t id = 0; id < 7; ++id) streams.push_back({id, static_cast<uint32_t>(id % 2), 5});
  std::vector<uint64_t> served(7, 0);
  for (int step = 0; step < 700; ++step) {
    const BatchPlan plan = PlanBatch(streams, {{3}, {3, 0, 1}}, Limits(1, 2));
    for (const PlanSlice& slice : plan.slices) served[slice.stream] += slice.contexts;
    for (size_t i = 0; i < streams.size(); ++i) streams[i].credit = plan.credit[i];
  }
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_GT(served[i], 0u) << i;
    EXPECT_NEAR(served[i], served[i % 2], 2) << i;
  }
}

TEST(BatchPlanner, LetsNoStreamStarve) {
  std::mt19937 random(5);
  std::vector<PlanStream> streams;
  for (uint64_t id = 0; id < 60; ++id) streams.push_back({id, static_cast<uint32_t>(random() % 5), 1});
  std::vector<int> waited(streams.size(), 0);
  std::vector<PlanGenerator> generators = {{4}, {1}, {8, 0, 2}, {2, 0, 1}, {4}};
  for (int step = 0; step < 2000; ++step) {
    for (PlanStream& stream : streams) stream.due = 1 + random() % 9;
    const BatchPlan plan = PlanBatch(streams, generators, Limits(2, 4));
    for (size_t g = 0; g < generators.size(); ++g) generators[g].credit = plan.generator_credit[g];
    for (int& steps : waited) ++steps;
    for (const PlanSlice& slice : plan.slices) waited[slice.stream] = 0;
    for (size_t i = 0; i < streams.size(); ++i) streams[i].credit = plan.credit[i];
    ASSERT_LT(*std::max_element(waited.begin(), waited.end()), 60) << "at step " << step;
  }
}

TEST(BatchPlanner, KeepsItsPromisesForAnyInput) {
  std::mt19937 random(9);
  for (int round = 0; round < 3000; ++round) {
    std::vector<PlanGenerator> generators(1 + random() % 4);
    for (PlanGenerator& generator : generators) {
      generator.tile_rows = 1 + random() % 9;
      generator.least_rows = random() % 2 == 0 ? 0 : 1 + random() % generator.tile_rows;
    }
    std::vector<PlanStream> streams(random() % 12);
    for (size_t i = 0; i < streams.size(); ++i) {
      streams[i] = {i, static_cast<uint32_t>(random() % generators.size()),
                    static_cast<uint32_t>(random() % 20), random() % 5 == 0, (random() % 4) / 4.0};
    }
    const PlanLimits limits{1 + static_cast<uint32_t>(random() % 4), 1 + static_cast<uint32_t>(random() % 9),
                            0.5};
    const BatchPlan plan = PlanBatch(streams, generators, limits);
    ASSERT_LE(plan.tiles.size(), limits.max_tiles);
    ASSERT_EQ(plan.credit.size(), streams.size());
    std::vector<uint32_t> given(streams.size(), 0), part_filled(generators.size(), 0);
    std::vector<uint32_t> smallest(generators.size(), 9), largest(generators.size(), 0);
    for (const PlanTile& tile : plan.tiles) {
      uint32_t contexts = 0;
      for (uint32_t i = 0; i < tile.slices; ++i) {
        const PlanSlice& slice = plan.slices[tile.first_slice + i];
        ASSERT_GT(slice.contexts, 0u);
        ASSERT_EQ(streams[slice.stream].generator, tile.generator);
        contexts += slice.contexts;
        given[slice.stream] += slice.contexts;
      }
      ASSERT_EQ(contexts, tile.contexts);
      ASSERT_LE(contexts, generators[tile.generator].tile_rows);
      part_filled[tile.generator] += contexts < generators[tile.generator].tile_rows;
      smallest[tile.generator] = std::min(smallest[tile.generator], contexts);
      largest[tile.generator] = std::max(largest[tile.generator], contexts);
    }
    for (size_t g = 0; g < generators.size(); ++g) {
      if (generators[g].least_rows == 0) {
        ASSERT_LE(part_filled[g], 1u) << "a hole";
      } else {
        ASSERT_LE(largest[g], smallest[g] + 1) << "not spread evenly";
      }
    }
    bool any_due = false;
    std::vector<uint32_t> due_of(generators.size(), 0), given_of(generators.size(), 0);
    for (size_t i = 0; i < streams.size(); ++i) {
      const uint32_t due = streams[i].parked ? 0 : streams[i].due;
      ASSERT_LE(given[i], due);
      any_due = any_due || due > 0;
      due_of[streams[i].generator] += due;
      given_of[streams[i].generator] += given[i];
    }
    const auto tiles_for = [&](const std::vector<uint32_t>& contexts) {
      uint32_t tiles = 0;
      for (size_t g = 0; g < generators.size(); ++g) {
        tiles += (contexts[g] + generators[g].tile_rows - 1) / generators[g].tile_rows;
      }
      return tiles;
    };
    const uint32_t fewest_tiles = tiles_for(given_of);
    for (size_t g = 0; g < generators.size() && tiles_for(due_of) <= limits.max_tiles; ++g) {
      if (generators[g].least_rows > 0) ASSERT_EQ(given_of[g], due_of[g]) << "kept from a step that had room";
    }
    const auto rounds = [&](uint32_t tiles) { return (tiles + limits.threads - 1) / limits.threads; };
    ASSERT_EQ(rounds(plan.tiles.size()), rounds(fewest_tiles)) << "spreading opened a round";
    ASSERT_EQ(plan.tiles.empty(), !any_due);
  }
}

}  // namespace
}  // namespace stanflow
