#include "core/export/peer_address.h"

#include <sys/socket.h>

#include "core/base/strings.h"

namespace stanflow {

std::string PeerName(const HostPort& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return StrCat(ipv6 ? "[" : "", address.host, ipv6 ? "]" : "", ":", address.port);
}

absl::StatusOr<PeerAddresses> ResolvePeer(const HostPort& address, int kind) {
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = kind;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int answer = getaddrinfo(address.host.c_str(), StrCat(address.port).c_str(), &hints, &found);
  if (answer == 0) return PeerAddresses(found, freeaddrinfo);
  const std::string why = StrCat("host '", address.host, "' can't be resolved: ", gai_strerror(answer));
  // A resolver that does not answer yet is no host that is not there.
  const bool passes = answer == EAI_AGAIN || answer == EAI_SYSTEM || answer == EAI_MEMORY;
  return passes ? absl::UnavailableError(why) : absl::NotFoundError(why);
}

}  // namespace stanflow
