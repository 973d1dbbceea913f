#include "client/cpp/flow_columns.h"

#include <limits>

#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

template <typename From, typename To>
absl::Status Copy(const char* name, const From& from, int rows, std::vector<To>* to) {
  if (from.size() != rows) {
    return absl::DataLossError(
        StrCat("a chunk of ", rows, " flows has ", from.size(), " values in column ", name));
  }
  if constexpr (sizeof(To) < sizeof(typename From::value_type)) {
    // Every bit that any row has set: whether a value is too large is asked once a column.
    uint32_t bits = 0;
    for (const uint32_t value : from) bits |= value;
    constexpr uint32_t kLargest = std::numeric_limits<To>::max();
    if (bits > kLargest) {
      return absl::DataLossError(
          StrCat("a chunk of ", rows, " flows has a value above ", kLargest, " in column ", name));
    }
  }
  to->assign(from.begin(), from.end());
  return absl::OkStatus();
}

}  // namespace

absl::Status ToFlowTable(const stanflow::v1::FlowColumns& c, FlowTable* flows) {
  const int rows = c.flow_end_milliseconds_size();
  STANFLOW_RETURN_IF_ERROR(Copy("flow_end_milliseconds", c.flow_end_milliseconds(), rows, &flows->end_ms));
  STANFLOW_RETURN_IF_ERROR(
      Copy("flow_duration_milliseconds", c.flow_duration_milliseconds(), rows, &flows->duration_ms));
  STANFLOW_RETURN_IF_ERROR(
      Copy("source_ipv4_address", c.source_ipv4_address(), rows, &flows->source_address));
  STANFLOW_RETURN_IF_ERROR(
      Copy("destination_ipv4_address", c.destination_ipv4_address(), rows, &flows->destination_address));
  STANFLOW_RETURN_IF_ERROR(
      Copy("source_transport_port", c.source_transport_port(), rows, &flows->source_port));
  STANFLOW_RETURN_IF_ERROR(
      Copy("destination_transport_port", c.destination_transport_port(), rows, &flows->destination_port));
  STANFLOW_RETURN_IF_ERROR(Copy("protocol_identifier", c.protocol_identifier(), rows, &flows->protocol));
  STANFLOW_RETURN_IF_ERROR(Copy("tcp_control_bits", c.tcp_control_bits(), rows, &flows->tcp_flags));
  STANFLOW_RETURN_IF_ERROR(Copy("ip_class_of_service", c.ip_class_of_service(), rows, &flows->tos));
  STANFLOW_RETURN_IF_ERROR(Copy("packet_delta_count", c.packet_delta_count(), rows, &flows->packets));
  return Copy("octet_delta_count", c.octet_delta_count(), rows, &flows->bytes);
}

}  // namespace stanflow
