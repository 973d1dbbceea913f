#include "core/export/exporter_times.h"

#include <algorithm>

#include "core/export/datagram_encoder.h"

namespace stanflow {

PacketTimes ExporterTimes::Next(absl::Span<const Flow> flows) {
  int64_t earliest_ms = StartMs(flows[0]);
  for (const Flow& flow : flows) {
    earliest_ms = std::min(earliest_ms, StartMs(flow));
    export_ms_ = std::max(export_ms_, CeilToSecond(flow.end_ms));
  }
  if (!boot_ms_ || earliest_ms < *boot_ms_ || export_ms_ - *boot_ms_ > kMaxUptimeMs) {
    if (boot_ms_) ++boot_moves_;
    boot_ms_ = std::max(earliest_ms - kHeadStartMs, export_ms_ - kMaxUptimeMs);
  }
  for (const Flow& flow : flows) {
    if (StartMs(flow) < *boot_ms_) ++clamped_starts_;
  }
  PacketTimes times;
  times.boot_ms = *boot_ms_;
  times.uptime_ms = times.UptimeAt(export_ms_);
  times.unix_seconds = static_cast<uint32_t>(export_ms_ / kSecondMs);
  return times;
}

}  // namespace stanflow
