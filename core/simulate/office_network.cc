#include "core/simulate/office_network.h"

#include "core/base/philox.h"

namespace stanflow {
namespace {

constexpr int kHostsPerServer = 12;
constexpr uint32_t kHabitStream = 3;

struct Block {
  uint32_t network;
  int prefix;
};
constexpr Block kNotPublic[] = {{0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10},
                                {0x7F000000, 8},  {0xA9FE0000, 16}, {0xAC100000, 12},
                                {0xC0A80000, 16}, {0xC6120000, 15}, {0xE0000000, 3}};

bool IsPublic(uint32_t address) {
  for (const Block& block : kNotPublic) {
    if (Cidr{block.network, block.prefix}.Contains(address)) return false;
  }
  return true;
}

Role RoleOf(int index, int hosts) {
  constexpr Role kServers[] = {Role::kWebServer, Role::kMailServer, Role::kLoginServer};
  const bool is_server = index % kHostsPerServer == 0 && hosts > 1;
  return is_server ? kServers[index / kHostsPerServer % 3] : Role::kWorkstation;
}

}  // namespace

OfficeNetwork::OfficeNetwork(uint64_t seed, int hosts, const Cidr& home) : seed_(seed), home_(home) {
  for (int i = 0; i < hosts; ++i) hosts_.push_back(MakeHost(i, hosts));
}

OfficeHost OfficeNetwork::MakeHost(int index, int hosts) const {
  constexpr uint64_t kResolvers = 2, kProviders = 3, kChats = 4, kTimes = 4;
  Random random(seed_, kHabitStream, static_cast<uint32_t>(index));
  OfficeHost host;
  host.address = home_.network + 1 + static_cast<uint32_t>(index);
  host.role = RoleOf(index, hosts);
  host.rate = random.LogNormal(1, 0.7);
  if (random.Chance(0.6)) {
    host.first_ephemeral_port = 49152;
    host.last_ephemeral_port = 65535;
  }
  const auto service = [&](uint64_t kind, uint64_t choices) {
    return Public(kServiceBase + kind * 1000 + random.Zipf(choices));
  };
  host.resolver = service(0, kResolvers);
  host.mail_provider = service(1, kProviders);
  host.chat_service = service(2, kChats);
  host.time_server = service(3, kTimes);
  host.site_offset = static_cast<uint32_t>(random.Between(0, kSites - 1));
  return host;
}

uint32_t OfficeNetwork::Site(const OfficeHost& host, uint64_t rank, Random* random) const {
  constexpr uint64_t kCommonSites = 12, kAddressesPerSite = 4;
  // The commonest sites are everyone's, the others a host's own taste.
  const uint64_t site = rank < kCommonSites ? rank : kCommonSites + (rank + host.site_offset) % kSites;
  return Public(kSiteBase + site * kAddressesPerSite + random->Zipf(kAddressesPerSite));
}

uint32_t OfficeNetwork::Visitor(Random* random) const {
  constexpr uint64_t kRegulars = 3000;
  if (random->Chance(0.7)) return Public(kVisitorBase + random->Zipf(kRegulars));
  return Public(kStrangerBase + random->Between(0, uint64_t{1} << 36));
}

uint32_t OfficeNetwork::Public(uint64_t id) const {
  // Most of the internet's hosts sit in few of its networks.
  constexpr uint32_t kNetworks = 1500;
  for (uint32_t attempt = 0;; ++attempt) {
    const auto hash = Philox4x32({static_cast<uint32_t>(id), static_cast<uint32_t>(id >> 32), attempt, 0},
                                 {static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)});
    const auto network = Philox4x32({hash[0] % kNetworks, attempt, 0, 1},
                                    {static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)});
    const uint32_t address = (network[0] & 0xFFFF0000) | (hash[1] & 0xFFFF);
    if (IsPublic(address) && !home_.Contains(address)) return address;
  }
}

}  // namespace stanflow
