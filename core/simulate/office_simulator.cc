#include "core/simulate/office_simulator.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "core/base/strings.h"
#include "core/flow/time.h"
#include "core/simulate/flow_queue.h"
#include "core/simulate/office_activities.h"
#include "core/simulate/office_network.h"
#include "core/simulate/random.h"

namespace stanflow {
namespace {

constexpr size_t kBatchRows = 8192;
constexpr int kMaxHosts = 10'000;
constexpr uint32_t kActivityStream = 4;
constexpr int64_t kDailySpacingMs = 20 * kSecondMs;  // between hosts that do the same once a day

class OfficeSimulator final : public FlowReader {
 public:
  explicit OfficeSimulator(const OfficeOptions& options)
      : options_(options),
        end_ms_(options.duration_ms > 0 ? options.start_ms + options.duration_ms
                                        : std::numeric_limits<int64_t>::max()),
        max_rows_(options.rows > 0 ? options.rows : std::numeric_limits<uint64_t>::max()),
        network_(options.seed, options.hosts, options.home) {
    for (uint32_t h = 0; h < network_.hosts().size(); ++h) {
      random_.emplace_back(options.seed, kActivityStream, h);
      const size_t activities = ActivitiesOf(network_.hosts()[h].role).size();
      for (uint32_t a = 0; a < activities; ++a) Schedule(h, a, options.start_ms, /*first=*/true);
    }
  }

  absl::StatusOr<bool> Next(FlowBatch* batch) override {
    batch->Clear();
    while (batch->flows.size() < kBatchRows && rows_ < max_rows_ && Advance()) {
      Flow flow = ended_.front();
      ended_.Pop();
      flow.end_ms = FloorTo(flow.end_ms, kSecondMs);
      clock_ms_ = flow.end_ms;
      batch->flows.Append(flow);
      batch->lines.push_back(++rows_);
    }
    return batch->flows.size() > 0;
  }

  double fraction() const override {
    const double rows =
        options_.rows > 0 ? static_cast<double>(rows_) / static_cast<double>(options_.rows) : 0;
    const double time = options_.duration_ms > 0 ? static_cast<double>(clock_ms_ - options_.start_ms) /
                                                       static_cast<double>(options_.duration_ms)
                                                 : 0;
    return std::clamp(std::max(rows, time), 0.0, 1.0);
  }

  std::string_view format() const override { return "simulated-office"; }

 private:
  struct Event {
    int64_t time_ms;
    uint32_t host, activity;
    bool operator>(const Event& o) const {
      return std::tie(time_ms, host, activity) > std::tie(o.time_ms, o.host, o.activity);
    }
  };

  // Runs activities until the first flow of the queue is the first to end of all that will ever
  // be made: no activity makes a flow that ends before its own start. False at the end.
  bool Advance() {
    while (ended_.empty() || events_.top().time_ms <= ended_.front().end_ms) {
      const Event event = events_.top();
      if (event.time_ms >= end_ms_) break;
      events_.pop();
      const OfficeHost& host = network_.hosts()[event.host];
      ActivitiesOf(host.role)[event.activity].run(
          {network_, host, event.time_ms, &random_[event.host], &ended_});
      Schedule(event.host, event.activity, event.time_ms, /*first=*/false);
    }
    return !ended_.empty() && ended_.front().end_ms < end_ms_;
  }

  void Schedule(uint32_t h, uint32_t a, int64_t now_ms, bool first) {
    const OfficeHost& host = network_.hosts()[h];
    events_.push({NextTime(ActivitiesOf(host.role)[a], host, h, now_ms, first), h, a});
  }

  int64_t NextTime(const OfficeActivity& activity, const OfficeHost& host, uint32_t h, int64_t now_ms,
                   bool first) {
    Random& random = random_[h];
    switch (activity.when) {
      case OfficeActivity::When::kPeriodic: {
        const double period_ms = static_cast<double>(kHourMs) / activity.per_hour;
        // A host starts anywhere in its period, and its timer is off by a little.
        const double wait = first ? random.Uniform() : 1 + 0.002 * (random.Uniform() - 0.5);
        return now_ms + 1 + static_cast<int64_t>(wait * period_ms);
      }
      case OfficeActivity::When::kDaily: {
        const int64_t time = FloorTo(now_ms, kDayMs) + activity.hour * kHourMs +
                             h * kDailySpacingMs % kHourMs +
                             static_cast<int64_t>(random.Between(0, kDailySpacingMs));
        return time > now_ms && first ? time : time + kDayMs;
      }
      case OfficeActivity::When::kRandom:
        return NextRandom(activity, activity.per_hour * (activity.personal ? host.rate : 1), now_ms, &random);
    }
    return now_ms + kDayMs;
  }

  // A Poisson process whose rate follows the cycle, by thinning.
  static int64_t NextRandom(const OfficeActivity& activity, double per_hour, int64_t now_ms, Random* random) {
    const double mean_ms = static_cast<double>(kHourMs) / per_hour;
    do {
      now_ms += 1 + static_cast<int64_t>(random->Exponential(mean_ms));
    } while (!random->Chance(Activity(activity.cycle, now_ms)));
    return now_ms;
  }

  const OfficeOptions options_;
  const int64_t end_ms_;
  const uint64_t max_rows_;
  const OfficeNetwork network_;
  std::vector<Random> random_;  // one a host
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  FlowQueue ended_;
  uint64_t rows_ = 0;
  int64_t clock_ms_ = options_.start_ms;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> NewOfficeSimulator(const OfficeOptions& options) {
  if (options.rows == 0 && options.duration_ms <= 0) {
    return absl::InvalidArgumentError("say how much to simulate: a number of rows or a duration");
  }
  if (options.hosts < 1 || options.hosts > kMaxHosts) {
    return absl::InvalidArgumentError(StrCat("hosts: ", options.hosts, " is not in 1 to ", kMaxHosts));
  }
  if (static_cast<uint64_t>(options.hosts) + 2 > options.home.size()) {
    return absl::InvalidArgumentError(
        StrCat(options.hosts, " hosts don't fit into the network ", options.home.ToString()));
  }
  return std::make_unique<OfficeSimulator>(options);
}

}  // namespace stanflow
