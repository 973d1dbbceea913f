#include "core/export/exporter_times.h"

#include <vector>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

constexpr int64_t kT = 1704706200000;  // a whole second

Flow At(int64_t end_ms, uint32_t duration_ms) {
  Flow flow;
  flow.end_ms = end_ms;
  flow.duration_ms = duration_ms;
  return flow;
}

PacketTimes Next(ExporterTimes* times, const std::vector<Flow>& flows) { return times->Next(flows); }

TEST(ExporterTimes, BootsAnHourBeforeTheEarliestStartAndExportsAtTheNextWholeSecond) {
  ExporterTimes times;
  const PacketTimes packet = Next(&times, {At(kT, 0), At(kT + 1, 5000)});
  EXPECT_EQ(packet.boot_ms, kT + 1 - 5000 - kHourMs);
  EXPECT_EQ(packet.unix_seconds, kT / 1000 + 1);
  // What a collector computes: export less uptime.
  EXPECT_EQ(int64_t{1000} * packet.unix_seconds - packet.uptime_ms, packet.boot_ms);
  EXPECT_EQ(packet.UptimeAt(kT + 1 - 5000), kHourMs);
}

TEST(ExporterTimes, AWholeSecondIsNotRoundedUpFurther) {
  ExporterTimes times;
  EXPECT_EQ(Next(&times, {At(kT, 0)}).unix_seconds, kT / 1000);
}

TEST(ExporterTimes, TheBootStaysWhileItCan) {
  ExporterTimes times;
  const int64_t boot_ms = Next(&times, {At(kT, 1000)}).boot_ms;
  EXPECT_EQ(Next(&times, {At(kT + kDayMs, 0)}).boot_ms, boot_ms);
  // As long as it was up: the longest that is not before it.
  EXPECT_EQ(Next(&times, {At(boot_ms + 20 * kDayMs, 20 * kDayMs)}).boot_ms, boot_ms);
  EXPECT_EQ(times.boot_moves(), 0u);
}

TEST(ExporterTimes, TheBootMovesBackForAFlowThatBeganBeforeIt) {
  ExporterTimes times;
  Next(&times, {At(kT, 0)});
  const PacketTimes packet = Next(&times, {At(kT + 1000, 2 * kHourMs)});
  EXPECT_EQ(packet.boot_ms, kT + 1000 - 3 * kHourMs);
  EXPECT_EQ(packet.UptimeAt(kT + 1000 - 2 * kHourMs), kHourMs);
  EXPECT_EQ(times.boot_moves(), 1u);
  EXPECT_EQ(times.clamped_starts(), 0u);
}

TEST(ExporterTimes, TheBootMovesOnWhenTheUptimeWouldPass31Bits) {
  ExporterTimes times;
  const int64_t boot_ms = Next(&times, {At(kT, 0)}).boot_ms;
  const int64_t last_ms = FloorTo(boot_ms + kMaxUptimeMs, kSecondMs);
  EXPECT_EQ(Next(&times, {At(last_ms, 0)}).boot_ms, boot_ms);
  const PacketTimes packet = Next(&times, {At(last_ms + 1, 500)});
  EXPECT_EQ(packet.boot_ms, last_ms + 1 - 500 - kHourMs);
  EXPECT_EQ(times.boot_moves(), 1u);
}

TEST(ExporterTimes, AStartThatIsTooLongAgoBecomesTheBootAndIsCounted) {
  ExporterTimes times;
  const PacketTimes packet = Next(&times, {At(kT, 3'000'000'000), At(kT, 0)});
  EXPECT_EQ(packet.boot_ms, kT - kMaxUptimeMs);
  EXPECT_EQ(packet.UptimeAt(kT - 3'000'000'000), 0u);
  EXPECT_EQ(packet.UptimeAt(kT), kMaxUptimeMs);
  EXPECT_EQ(times.clamped_starts(), 1u);
}

TEST(ExporterTimes, TheExportNeverGoesBack) {
  ExporterTimes times;
  Next(&times, {At(kT + 60000, 0)});
  EXPECT_EQ(Next(&times, {At(kT, 0)}).unix_seconds, kT / 1000 + 60);
}

}  // namespace
}  // namespace stanflow
