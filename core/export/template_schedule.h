#ifndef STANFLOW_CORE_EXPORT_TEMPLATE_SCHEDULE_H_
#define STANFLOW_CORE_EXPORT_TEMPLATE_SCHEDULE_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"

namespace stanflow {

// When templates are sent again: UDP may lose them, and a collector that starts late must not wait for long.
// Whichever of the two comes first; both more than 0.
struct TemplateSchedule {
  uint32_t packets = 0;     // after so many
  int64_t interval_ms = 0;  // of the flows' time
};

inline absl::Status CheckTemplateSchedule(const TemplateSchedule& schedule) {
  if (schedule.packets > 0 && schedule.interval_ms > 0) return absl::OkStatus();
  return absl::InvalidArgumentError("templates: packets and interval_ms must be more than 0");
}

// Keeps a schedule; due at first. Not safe for concurrent use.
class TemplateTimer {
 public:
  explicit TemplateTimer(const TemplateSchedule& schedule) : schedule_(schedule) {}

  bool Due(int64_t now_ms) const {
    return !sent_ms_ || packets_ >= schedule_.packets || now_ms - *sent_ms_ >= schedule_.interval_ms;
  }
  void Sent(int64_t now_ms) {
    sent_ms_ = now_ms;
    packets_ = 0;
  }
  // Every packet with flows; for v9 also the one that carries the templates.
  void CountPacket() { ++packets_; }

 private:
  const TemplateSchedule schedule_;
  std::optional<int64_t> sent_ms_;
  uint32_t packets_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_TEMPLATE_SCHEDULE_H_
