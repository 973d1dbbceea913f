#ifndef STANFLOW_CORE_EXPORT_HOME_HOST_H_
#define STANFLOW_CORE_EXPORT_HOME_HOST_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/flow/address.h"
#include "core/flow/flow.h"

namespace stanflow {

// The host whose flow it is: the source if it is in `home`, else the destination; nobody's between strangers.
inline std::optional<uint32_t> HomeHost(const Cidr& home, const FlowTable& flows, size_t row) {
  for (const uint32_t address : {flows.source_address[row], flows.destination_address[row]}) {
    if (home.Contains(address)) return address;
  }
  return std::nullopt;
}

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_HOME_HOST_H_
