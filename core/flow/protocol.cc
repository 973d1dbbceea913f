#include "core/flow/protocol.h"

#include <array>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

// The place is the protocol's number.
constexpr std::string_view kNames[] = {
    "0",     "ICMP",  "IGMP",  "GGP",   "IPIP",  "ST",    "TCP",   "CBT",   "EGP",   "IGP",    // 0
    "BBN",   "NVPII", "PUP",   "ARGUS", "ENCOM", "XNET",  "CHAOS", "UDP",   "MUX",   "DCN",    // 10
    "HMP",   "PRM",   "XNS",   "Trnk1", "Trnk2", "Leaf1", "Leaf2", "RDP",   "IRTP",  "ISO-4",  // 20
    "NETBK", "MFESP", "MEINP", "DCCP",  "3PC",   "IDPR",  "XTP",   "DDP",   "IDPRC", "TP++",   // 30
    "IL",    "IPv6",  "SDRP",  "Rte6",  "Frag6", "IDRP",  "RSVP",  "GRE",   "MHRP",  "BNA",    // 40
    "ESP",   "AH",    "INLSP", "SWIPE", "NARP",  "MOBIL", "TLSP",  "SKIP",  "ICMP6", "NOHE6",  // 50
    "OPTS6", "HOST",  "CFTP",  "NET",   "SATNT", "KLAN",  "RVD",   "IPPC",  "FS",    "SATM",   // 60
    "VISA",  "IPCV",  "CPNX",  "CPHB",  "WSN",   "PVP",   "BRSAT", "SUN",   "WBMON", "WBEXP",  // 70
    "ISOIP", "VMTP",  "SVMTP", "VINES", "TTP",   "NSIGP", "DGP",   "TCF",   "EIGRP", "OSPF",   // 80
    "S-RPC", "LARP",  "MTP",   "AX.25", "OS",    "MICP",  "SCCSP", "ETHIP", "ENCAP", "99",     // 90
    "GMTP",  "IFMP",  "PNNI",  "PIM",   "ARIS",  "SCPS",  "QNX",   "A/N",   "IPcmp", "SNP",    // 100
    "CpqPP", "IPXIP", "VRRP",  "PGM",   "0hop",  "L2TP",  "DDX",   "IATP",  "STP",   "SRP",    // 110
    "UTI",   "SMP",   "SM",    "PTP",   "ISIS4", "FIRE",  "CRTP",  "CRUDP", "SSCOP", "IPLT",   // 120
    "SPS",   "PIPE",  "SCTP",  "FC",    "134",   "MOBHD", "UDPL",  "MPLS"};                    // 130

const std::array<std::string, 256>& Texts() {
  static const auto* texts = [] {
    auto* all = new std::array<std::string, 256>;
    for (size_t i = 0; i < all->size(); ++i) {
      (*all)[i] = i < std::size(kNames) ? std::string(kNames[i]) : StrCat(i);
    }
    return all;
  }();
  return *texts;
}

}  // namespace

std::string_view ProtocolText(uint8_t protocol) { return Texts()[protocol]; }

std::optional<uint8_t> ParseProtocol(std::string_view text) {
  // Nearly every row of a real file.
  if (text == "TCP") return kTcp;
  if (text == "UDP") return kUdp;
  if (text == "ICMP") return kIcmp;
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (absl::EqualsIgnoreCase(ToAbsl(text), ToAbsl(kNames[i]))) return static_cast<uint8_t>(i);
  }
  int number;
  if (text.empty() || text.size() > 3 || text.find_first_not_of("0123456789") != std::string_view::npos ||
      !absl::SimpleAtoi(ToAbsl(text), &number) || number > 255) {
    return std::nullopt;
  }
  return static_cast<uint8_t>(number);
}

}  // namespace stanflow
