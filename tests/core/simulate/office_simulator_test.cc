#include "core/simulate/office_simulator.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "core/flow/time.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

std::vector<Flow> Simulate(const OfficeOptions& options) {
  auto reader = NewOfficeSimulator(options);
  EXPECT_TRUE(reader.ok()) << reader.status();
  std::vector<Flow> flows;
  FlowBatch batch;
  while ((*reader)->Next(&batch).value()) {
    EXPECT_TRUE(batch.rejected.empty());
    for (size_t i = 0; i < batch.flows.size(); ++i) {
      flows.push_back(batch.flows.Row(i));
      EXPECT_EQ(batch.lines[i], flows.size());
    }
  }
  EXPECT_EQ((*reader)->fraction(), options.rows > 0 ? 1 : (*reader)->fraction());
  return flows;
}

// One weekday of an office of thirty; made once.
const std::vector<Flow>& OfficeDay() {
  static const auto* day = [] {
    OfficeOptions options;
    options.hosts = 30;
    options.duration_ms = kDayMs;
    return new std::vector<Flow>(Simulate(options));
  }();
  return *day;
}

bool AtHome(uint32_t address) { return OfficeOptions().home.Contains(address); }

template <typename Predicate>
double ShareOf(const std::vector<Flow>& flows, Predicate predicate) {
  return static_cast<double>(std::count_if(flows.begin(), flows.end(), predicate)) /
         static_cast<double>(flows.size());
}

TEST(OfficeSimulator, TheSameOptionsGiveTheSameFlowsAndAnotherSeedOthers) {
  OfficeOptions options;
  options.rows = 20000;
  const auto first = Simulate(options);
  EXPECT_EQ(first.size(), 20000u);
  EXPECT_TRUE(Simulate(options) == first);
  options.seed = 2;
  EXPECT_FALSE(Simulate(options) == first);
}

TEST(OfficeSimulator, FewerRowsAreTheBeginningOfMore) {
  OfficeOptions options;
  options.rows = 9000;
  auto more = Simulate(options);
  options.rows = 1234;
  more.resize(1234);
  EXPECT_TRUE(Simulate(options) == more);
}

TEST(OfficeSimulator, FlowsAreOrderedByEndTimesInWholeSecondsWithinTheDay) {
  int64_t previous = OfficeOptions().start_ms;
  for (const Flow& flow : OfficeDay()) {
    ASSERT_GE(flow.end_ms, previous);
    ASSERT_EQ(flow.end_ms % 1000, 0);
    ASSERT_LT(flow.end_ms, OfficeOptions().start_ms + kDayMs);
    previous = flow.end_ms;
  }
}

TEST(OfficeSimulator, EveryFlowHasOneHomeAddressAndAtLeastAPacket) {
  std::set<uint32_t> hosts;
  for (const Flow& flow : OfficeDay()) {
    ASSERT_NE(AtHome(flow.source_address), AtHome(flow.destination_address));
    ASSERT_GE(flow.packets, 1u);
    ASSERT_GE(flow.bytes, 28 * flow.packets);
    ASSERT_LE(flow.bytes, 1500 * flow.packets);
    if (flow.packets == 1) {
      ASSERT_EQ(flow.duration_ms, 0u);
    }
    if (flow.protocol != kTcp) {
      ASSERT_EQ(flow.tcp_flags, 0);
    }
    hosts.insert(AtHome(flow.source_address) ? flow.source_address : flow.destination_address);
  }
  EXPECT_EQ(hosts.size(), 30u);
}

TEST(OfficeSimulator, KeepsTheRulesOfRealTrafficAboutAsOftenAsItDoes) {
  const auto& day = OfficeDay();
  EXPECT_GT(ShareOf(day, [](const Flow& f) { return f.protocol == kTcp; }), 0.6);
  EXPECT_GT(ShareOf(day, [](const Flow& f) { return f.protocol == kUdp; }), 0.05);
  EXPECT_GT(ShareOf(day, [](const Flow& f) { return f.protocol == kIcmp; }), 0.002);
  EXPECT_EQ(ShareOf(day,
                    [](const Flow& f) {
                      const bool web = f.source_port == 80 || f.destination_port == 80 ||
                                       f.source_port == 443 || f.destination_port == 443;
                      return web && f.protocol != kTcp;
                    }),
            0);
  EXPECT_LT(ShareOf(day, [](const Flow& f) { return f.bytes < 42 * f.packets; }), 0.1);
}

TEST(OfficeSimulator, HasTheServicesThatAnOfficeUses) {
  std::map<uint16_t, int> to_port;
  for (const Flow& flow : OfficeDay()) ++to_port[flow.destination_port];
  for (const uint16_t port : {53, 80, 443, 25, 587, 993, 123, 22, 873, 23})
    EXPECT_GT(to_port[port], 0) << port;
}

TEST(OfficeSimulator, TheOfficeIsBusyByDayAndTheScanComesBeforeDawn) {
  std::map<int64_t, int> flows, scans;
  for (const Flow& flow : OfficeDay()) {
    const int64_t hour = (flow.end_ms - OfficeOptions().start_ms) / kHourMs;
    ++flows[hour];
    scans[hour] += flow.destination_port == 6379;
  }
  EXPECT_GT(flows[10], 4 * flows[3]);
  EXPECT_EQ(scans[4], 30) << "one try a host";
  EXPECT_EQ(scans[10], 0);
}

TEST(OfficeSimulator, BackUpsRunAtNightAndAreCutByTheCollector) {
  std::map<int64_t, uint64_t> bytes;
  int cuts = 0;
  for (const Flow& flow : OfficeDay()) {
    if (flow.destination_port != 873) continue;
    bytes[(flow.end_ms - OfficeOptions().start_ms) / kHourMs] += flow.bytes;
    cuts += flow.duration_ms > 100'000;
  }
  ASSERT_FALSE(bytes.empty());
  EXPECT_LT(bytes.rbegin()->first, 8);
  EXPECT_GT(cuts, 3);
}

TEST(OfficeSimulator, SomeWebConnectionsComeRightAfterTheirDnsAnswer) {
  std::map<uint32_t, int64_t> answered;
  int right_after = 0;
  for (const Flow& flow : OfficeDay()) {
    if (flow.source_port == 53) answered[flow.destination_address] = flow.end_ms;
    const auto answer = answered.find(flow.source_address);
    if (flow.destination_port == 443 && answer != answered.end()) {
      const int64_t start_ms = flow.end_ms - flow.duration_ms;
      right_after += start_ms >= answer->second - 1000 && start_ms <= answer->second + 1500;
    }
  }
  EXPECT_GT(right_after, 500);
}

TEST(OfficeSimulator, HostsDifferManyFoldInTheirRate) {
  std::map<uint32_t, int> rows;
  for (const Flow& flow : OfficeDay()) {
    ++rows[AtHome(flow.source_address) ? flow.source_address : flow.destination_address];
  }
  std::vector<int> counts;
  for (const auto& [host, count] : rows) counts.push_back(count);
  std::sort(counts.begin(), counts.end());
  EXPECT_GT(counts[27], 3 * counts[3]);
}

TEST(OfficeSimulator, AddressesOfOtherNetworksCanBeHome) {
  OfficeOptions options;
  options.rows = 500;
  options.hosts = 5;
  options.home = Cidr::Parse("192.0.2.0/29").value();
  for (const Flow& flow : Simulate(options)) {
    ASSERT_NE(options.home.Contains(flow.source_address), options.home.Contains(flow.destination_address));
  }
}

TEST(OfficeSimulator, SaysWhatIsWrongWithItsOptions) {
  OfficeOptions options;
  EXPECT_TRUE(absl::IsInvalidArgument(NewOfficeSimulator(options).status())) << "neither rows nor duration";
  options.rows = 1;
  options.hosts = 0;
  EXPECT_TRUE(absl::IsInvalidArgument(NewOfficeSimulator(options).status()));
  options.hosts = 7;
  options.home = Cidr::Parse("192.0.2.0/29").value();
  EXPECT_TRUE(absl::IsInvalidArgument(NewOfficeSimulator(options).status()));
}

}  // namespace
}  // namespace stanflow
