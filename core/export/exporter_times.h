#ifndef STANFLOW_CORE_EXPORT_EXPORTER_TIMES_H_
#define STANFLOW_CORE_EXPORT_EXPORTER_TIMES_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "core/flow/flow.h"
#include "core/flow/time.h"

namespace stanflow {

// How long before the earliest flow's start an exporter is taken to have booted. Routers cut flows at an
// active timeout, by default half an hour (Cisco IOS, `ip flow-cache timeout active`), so that an hour is
// seldom too little.
inline constexpr int64_t kHeadStartMs = kHourMs;
// Times since boot stay positive as signed numbers of 32 bits: 24.8 days.
inline constexpr int64_t kMaxUptimeMs = (int64_t{1} << 31) - 1;

// What the header of one packet says, and what its flows' times are relative to.
struct PacketTimes {
  int64_t boot_ms = 0;
  uint32_t uptime_ms = 0;     // boot to export
  uint32_t unix_seconds = 0;  // of the export

  // First or Last of a flow in this packet; 0 for what was before the boot.
  uint32_t UptimeAt(int64_t at_ms) const {
    return at_ms <= boot_ms ? 0 : static_cast<uint32_t>(at_ms - boot_ms);
  }
};

// The clock of an exporter as NetFlow v5 and v9 tell time: milliseconds since it booted, and in each packet's
// header how long that is ago. A collector finds a flow's time by the header of its packet alone: export less
// uptime is the boot.
//
// The clock is the flows': a packet is exported at the end of its last flow, rounded up to the next whole
// second, because v9's header has whole seconds only; rounded otherwise the boot, and with it every flow,
// would be off by up to a second. It never goes back.
//
// The boot is kHeadStartMs before the first packet's earliest start. It stays there until a flow began before
// it, or the uptime would pass kMaxUptimeMs: then it moves, back or on, to kHeadStartMs before that packet's
// earliest start. A collector sees an exporter that was started anew; sequence numbers are not this class's
// and go on. A start that is more than kMaxUptimeMs before its packet's export can't be told: it becomes the
// boot, and is counted. Times from 1970 to 2106. Not safe for concurrent use.
class ExporterTimes {
 public:
  // Times for the next packet; it has at least one flow.
  PacketTimes Next(absl::Span<const Flow> flows);

  uint64_t boot_moves() const { return boot_moves_; }
  uint64_t clamped_starts() const { return clamped_starts_; }

 private:
  std::optional<int64_t> boot_ms_;
  int64_t export_ms_ = 0;
  uint64_t boot_moves_ = 0, clamped_starts_ = 0;
};

// The whole second at or after `ms`.
constexpr int64_t CeilToSecond(int64_t ms) { return FloorTo(ms + kSecondMs - 1, kSecondMs); }

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_EXPORTER_TIMES_H_
