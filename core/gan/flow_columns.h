#ifndef STANFLOW_CORE_GAN_FLOW_COLUMNS_H_
#define STANFLOW_CORE_GAN_FLOW_COLUMNS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "core/base/philox.h"
#include "core/codec/output_set.h"
#include "core/flow/host_row.h"
#include "core/gan/table.h"
#include "core/gan/table_codec.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// Flows as the columns of a plain table. The end time is left out: the clock gives it.
// Amounts are continuous: time delta in seconds, ln packets, ln bytes, duration in the column's recorded
// steps. Names are discrete, because nearness of two says nothing: direction, protocol, TCP flags, ToS and
// the remote address's four octets by the values that occur, ports by their 128 most frequent values and 65
// stretches of numbers. Immutable; thread-safe.
class FlowColumns {
 public:
  // INVALID_ARGUMENT without rows.
  static absl::StatusOr<FlowColumns> Fit(const std::vector<HostRow>& rows);
  static absl::StatusOr<FlowColumns> FromJson(const nlohmann::json& json);
  nlohmann::json ToJson() const;

  Table MakeTable(const std::vector<HostRow>& rows) const;
  // The row that a table's row (one value a column) stands for; its end time is 0. Amounts are rounded to
  // whole units and clamped to what a record may hold, nothing else is mended. The choice inside a stretch of
  // ports is drawn by `key`, slots kFirstSlot on.
  HostRow Decode(const std::vector<double>& values, DrawKey key) const;
  static constexpr uint16_t kFirstSlot = 0x200;

  // DATA_LOSS unless `codec` has these columns.
  absl::Status CheckFits(const TableCodec& codec) const;

 private:
  FlowColumns() = default;

  OutputSet discrete_;
  uint32_t duration_step_ms_ = 1;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_FLOW_COLUMNS_H_
