#include "server/schedule/batch_planner.h"

#include <algorithm>
#include <cstddef>

namespace stanflow {
namespace {

// What one generator's streams want and get.
struct Share {
  uint64_t due = 0;
  uint32_t streams = 0;  // that want something
  uint32_t credit = 0;
  uint32_t tile_rows = 1;
  uint32_t least_rows = 0;
  uint32_t tiles = 0;
  std::vector<uint32_t> members;  // indices of those streams

  uint64_t places() const { return uint64_t{tiles} * tile_rows; }
  // That are stepped.
  uint64_t contexts() const { return std::min(due, places()); }
  bool may_split() const {
    return least_rows > 0 && tiles > 0 && contexts() >= (uint64_t{tiles} + 1) * least_rows;
  }
  // Of the last tile, 0 to 1.
  double last_fill() const {
    return 1.0 - static_cast<double>(places() - std::min(due, places())) / tile_rows;
  }
};

std::vector<Share> CollectShares(const std::vector<PlanStream>& streams,
                                 const std::vector<PlanGenerator>& generators) {
  std::vector<Share> shares(generators.size());
  for (size_t g = 0; g < generators.size(); ++g) {
    shares[g].tile_rows = generators[g].tile_rows;
    shares[g].least_rows = generators[g].least_rows;
    shares[g].credit = generators[g].credit;
  }
  for (uint32_t i = 0; i < streams.size(); ++i) {
    if (streams[i].parked || streams[i].due == 0) continue;
    Share& share = shares[streams[i].generator];
    share.due += streams[i].due;
    ++share.streams;
    share.members.push_back(i);
  }
  return shares;
}

// True if `a` should get the next tile before `b`: fewer tiles a stream, then more credit.
bool Earlier(const Share& a, const Share& b) {
  const uint64_t left = uint64_t{a.tiles} * b.streams, right = uint64_t{b.tiles} * a.streams;
  return left != right ? left < right : a.credit > b.credit;
}

uint32_t AllotTiles(uint32_t max_tiles, std::vector<Share>* shares) {
  uint32_t total = 0;
  for (; total < max_tiles; ++total) {
    Share* next = nullptr;
    for (Share& share : *shares) {
      if (share.places() < share.due && (next == nullptr || Earlier(share, *next))) next = &share;
    }
    if (next == nullptr) break;
    ++next->tiles;
  }
  return total;
}

// Takes back part-filled tiles that are not worth their cost now. Answers how many tiles are left.
uint32_t TrimTiles(const PlanLimits& limits, uint32_t total, std::vector<Share>* shares) {
  std::vector<Share*> partial;
  for (Share& share : *shares) {
    if (share.least_rows == 0 && share.tiles >= 2 && share.places() > share.due) partial.push_back(&share);
  }
  std::stable_sort(partial.begin(), partial.end(),
                   [](const Share* a, const Share* b) { return a->last_fill() < b->last_fill(); });
  for (Share* share : partial) {
    const bool opens_a_round = total % limits.threads == (limits.threads == 1 ? 0 : 1);
    if (!opens_a_round && share->last_fill() >= limits.min_fill) continue;
    --share->tiles;
    --total;
  }
  return total;
}

// Splits tiles that cost in proportion for the threads that the last round leaves idle, the fullest ones
// first.
void SpreadTiles(const PlanLimits& limits, uint32_t total, std::vector<Share>* shares) {
  for (; total % limits.threads != 0 && total < limits.max_tiles; ++total) {
    Share* fullest = nullptr;
    for (Share& share : *shares) {
      if (!share.may_split()) continue;
      if (fullest == nullptr || share.contexts() * fullest->tiles > fullest->contexts() * share.tiles) {
        fullest = &share;
      }
    }
    if (fullest == nullptr) return;
    ++fullest->tiles;
  }
}

// The most that every stream can have alike: the largest level with sum(min(due, level)) <= places.
uint32_t LevelOf(const std::vector<PlanStream>& streams, const Share& share, uint64_t places) {
  uint32_t low = 0, high = 0;
  for (const uint32_t i : share.members) high = std::max(high, streams[i].due);
  while (low < high) {
    const uint32_t middle = low + (high - low + 1) / 2;
    uint64_t sum = 0;
    for (const uint32_t i : share.members) sum += std::min(streams[i].due, middle);
    (sum <= places ? low : high) = sum <= places ? middle : middle - 1;
  }
  return low;
}

// Gives the `places` of one generator to its streams: sets `given` and `credit` of its members.
void GivePlaces(const std::vector<PlanStream>& streams, const Share& share, uint64_t places,
                std::vector<uint32_t>* given, std::vector<double>* credit) {
  const uint32_t level = LevelOf(streams, share, places);
  std::vector<uint32_t> wanting;  // more than the level
  for (const uint32_t i : share.members) {
    (*given)[i] = std::min(streams[i].due, level);
    places -= (*given)[i];
    if (streams[i].due > level) wanting.push_back(i);
  }
  std::sort(wanting.begin(), wanting.end(), [&](uint32_t a, uint32_t b) {
    if (streams[a].credit != streams[b].credit) return streams[a].credit > streams[b].credit;
    return streams[a].id < streams[b].id;
  });
  // Each is owed an equal part of the odd places; whoever got a whole one has had more.
  for (size_t k = 0; k < wanting.size(); ++k) {
    const uint32_t got = k < places ? 1 : 0;
    (*given)[wanting[k]] += got;
    const double owed = static_cast<double>(places) / wanting.size() - got;
    (*credit)[wanting[k]] = std::clamp(streams[wanting[k]].credit + owed, -1.0, 1.0);
  }
}

// Lays the generator's streams into its tiles, end to end: full ones, or where that costs nothing equal ones.
void FillTiles(uint32_t generator, const Share& share, const std::vector<uint32_t>& given, BatchPlan* plan) {
  uint32_t room = 0;
  uint64_t contexts_left = share.contexts(), tiles_left = share.tiles;
  for (const uint32_t i : share.members) {
    for (uint32_t left = given[i]; left > 0;) {
      if (room == 0) {
        plan->tiles.push_back({generator, 0, static_cast<uint32_t>(plan->slices.size()), 0});
        room = share.tile_rows;
        if (share.least_rows > 0) {
          room = static_cast<uint32_t>((contexts_left + tiles_left - 1) / tiles_left);
          contexts_left -= room;
          --tiles_left;
        }
      }
      const uint32_t n = std::min(left, room);
      plan->slices.push_back({i, n});
      plan->tiles.back().contexts += n;
      ++plan->tiles.back().slices;
      left -= n;
      room -= n;
    }
  }
}

}  // namespace

BatchPlan PlanBatch(const std::vector<PlanStream>& streams, const std::vector<PlanGenerator>& generators,
                    const PlanLimits& limits) {
  std::vector<Share> shares = CollectShares(streams, generators);
  SpreadTiles(limits, TrimTiles(limits, AllotTiles(limits.max_tiles, &shares), &shares), &shares);
  BatchPlan plan;
  plan.credit.assign(streams.size(), 0);
  plan.generator_credit.assign(generators.size(), 0);
  std::vector<uint32_t> given(streams.size(), 0);
  for (uint32_t g = 0; g < shares.size(); ++g) {
    const Share& share = shares[g];
    if (share.tiles == 0) {
      if (share.due > 0) plan.generator_credit[g] = share.credit + 1;
      for (const uint32_t i : share.members) plan.credit[i] = streams[i].credit;
      continue;
    }
    GivePlaces(streams, share, share.contexts(), &given, &plan.credit);
    FillTiles(g, share, given, &plan);
  }
  return plan;
}

}  // namespace stanflow
