#ifndef STANFLOW_CORE_SIMULATE_OFFICE_NETWORK_H_
#define STANFLOW_CORE_SIMULATE_OFFICE_NETWORK_H_

#include <cstdint>
#include <vector>

#include "core/flow/address.h"
#include "core/simulate/random.h"

namespace stanflow {

enum class Role { kWorkstation, kWebServer, kMailServer, kLoginServer };

// A machine of the office and its habits.
struct OfficeHost {
  uint32_t address = 0;
  Role role = Role::kWorkstation;
  double rate = 1;  // how much more than its like it does
  uint16_t first_ephemeral_port = 32768;
  uint16_t last_ephemeral_port = 60999;
  uint32_t resolver = 0;  // DNS
  uint32_t mail_provider = 0;
  uint32_t chat_service = 0;
  uint32_t time_server = 0;
  uint32_t site_offset = 0;  // its favourites among the sites: the ranks start here
};

// Who is there: the office's hosts and the world that they talk to. Immutable after construction.
class OfficeNetwork {
 public:
  static constexpr uint64_t kSites = 600;

  // `hosts` fit into `home`. One host in twelve, and the first of a larger office, is a server.
  OfficeNetwork(uint64_t seed, int hosts, const Cidr& home);

  const std::vector<OfficeHost>& hosts() const { return hosts_; }

  // A web site as the host's favourites rank it, 0 first; one of its few addresses.
  uint32_t Site(const OfficeHost& host, uint64_t rank, Random* random) const;
  // Some machine outside: a few thousand come again and again, others once.
  uint32_t Visitor(Random* random) const;
  uint32_t BackupServer() const { return Public(kBackupBase); }
  // Who scans the office on that day.
  uint32_t Scanner(int64_t day) const { return Public(kScannerBase + static_cast<uint64_t>(day)); }

 private:
  static constexpr uint64_t kServiceBase = uint64_t{1} << 40, kSiteBase = uint64_t{2} << 40,
                            kVisitorBase = uint64_t{3} << 40, kBackupBase = uint64_t{4} << 40,
                            kScannerBase = uint64_t{5} << 40, kStrangerBase = uint64_t{6} << 40;

  OfficeHost MakeHost(int index, int hosts) const;
  // The machine outside that has number `id`: never private, reserved or multicast, never at home.
  uint32_t Public(uint64_t id) const;

  const uint64_t seed_;
  const Cidr home_;
  std::vector<OfficeHost> hosts_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_SIMULATE_OFFICE_NETWORK_H_
