#ifndef STANFLOW_CORE_FLOW_ADDRESS_H_
#define STANFLOW_CORE_FLOW_ADDRESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace stanflow {

// Dotted quad, four decimal octets; nothing else parses.
std::optional<uint32_t> ParseIpv4(std::string_view text);
std::string FormatIpv4(uint32_t address);

// An IPv4 network in CIDR form.
struct Cidr {
  uint32_t network = 0;  // host bits are zero
  int prefix = 0;        // 0 to 32

  static absl::StatusOr<Cidr> Parse(std::string_view text);
  std::string ToString() const;
  uint32_t mask() const { return prefix == 0 ? 0 : ~uint32_t{0} << (32 - prefix); }
  bool Contains(uint32_t address) const { return (address & mask()) == network; }
  // Number of addresses.
  uint64_t size() const { return uint64_t{1} << (32 - prefix); }
};

// Whether any of the networks holds the address.
bool InHome(const std::vector<Cidr>& home, uint32_t address);

}  // namespace stanflow

#endif  // STANFLOW_CORE_FLOW_ADDRESS_H_
