#ifndef STANFLOW_CORE_EXPORT_PEER_ADDRESS_H_
#define STANFLOW_CORE_EXPORT_PEER_ADDRESS_H_

#include <netdb.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/export/sink_url.h"

namespace stanflow {

// "host:514", with brackets around an IPv6 address.
std::string PeerName(const HostPort& address);

// At least one address, as a list. Owns them.
using PeerAddresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

// `kind`: SOCK_DGRAM or SOCK_STREAM. NOT_FOUND, naming the host, if its name can't be resolved. Waits for the
// resolver of the machine.
absl::StatusOr<PeerAddresses> ResolvePeer(const HostPort& address, int kind);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_PEER_ADDRESS_H_
