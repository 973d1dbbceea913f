#include "core/io/ipfix_record.h"

#include <initializer_list>
#include <limits>
#include <optional>

#include "core/base/strings.h"
#include "core/flow/protocol.h"
#include "core/io/cell_parser.h"

namespace stanflow {
namespace {

constexpr uint64_t kNtpTo1970 = 2'208'988'800;  // seconds from 1900 to 1970

// The first of these that the record has.
std::optional<IpfixElement> FirstOf(const IpfixRecord& record, std::initializer_list<IpfixElement> elements) {
  for (const IpfixElement element : elements) {
    if (record.has(element)) return element;
  }
  return std::nullopt;
}

class IpfixParser {
 public:
  IpfixParser(const IpfixRecord& record, std::string* reason) : record_(record), reason_(reason) {}

  bool Endpoints(Flow* flow) const {
    if (record_.has(kIpfixSourceAddress6) && !record_.has(kIpfixSourceAddress)) {
      *reason_ = "has an IPv6 address; only IPv4 flows are read";
      return false;
    }
    return Needed(kIpfixSourceAddress, &flow->source_address) &&
           Needed(kIpfixDestinationAddress, &flow->destination_address) &&
           Needed(kIpfixProtocol, &flow->protocol) && Ports(flow);
  }

  bool Tos(Flow* forward, Flow* reverse) const {
    return IfThere(kIpfixTos, &forward->tos) && IfThere(kIpfixReverseTos, &reverse->tos);
  }

  void Flags(Flow* forward, Flow* reverse) const {
    if (forward->protocol != kTcp) return;
    forward->tcp_flags = AllOf({kIpfixFlags, kIpfixFirstFlags, kIpfixLaterFlags});
    reverse->tcp_flags = AllOf({kIpfixReverseFlags, kIpfixReverseFirstFlags, kIpfixReverseLaterFlags});
  }

  bool Counts(Flow* forward, Flow* reverse) const {
    return Count({kIpfixPackets, kIpfixTotalPackets, kIpfixInitiatorPackets}, true, &forward->packets) &&
           Count({kIpfixBytes, kIpfixTotalBytes, kIpfixInitiatorBytes}, true, &forward->bytes) &&
           Count({kIpfixReversePackets, kIpfixReverseTotalPackets, kIpfixResponderPackets}, false,
                 &reverse->packets) &&
           Count({kIpfixReverseBytes, kIpfixReverseTotalBytes, kIpfixResponderBytes}, false, &reverse->bytes);
  }

  bool Times(Flow* flow) const {
    const auto start_at = FirstOf(record_, {kIpfixStartMs, kIpfixStartUs, kIpfixStartNs, kIpfixStartS,
                                            kIpfixStartDeltaUs, kIpfixStartUptimeMs});
    const auto end_at = FirstOf(
        record_, {kIpfixEndMs, kIpfixEndUs, kIpfixEndNs, kIpfixEndS, kIpfixEndDeltaUs, kIpfixEndUptimeMs});
    const auto length_at = FirstOf(record_, {kIpfixDurationMs, kIpfixDurationUs});
    if ((start_at ? 1 : 0) + (end_at ? 1 : 0) + (length_at ? 1 : 0) < 2) {
      *reason_ = "has not two of flowStart..., flowEnd... and flowDuration...";
      return false;
    }
    int64_t start = 0, end = 0, length = 0;
    if ((start_at && !Instant(*start_at, &start)) || (end_at && !Instant(*end_at, &end)) ||
        (length_at && !Length(*length_at, &length))) {
      return false;
    }
    if (start_at && end_at) length = end - start;
    if (!end_at) end = start + length;
    const char* const fault = SetFlowTimes(end, length, flow);
    return fault == nullptr || Fail(end_at ? *end_at : *length_at, fault);
  }

 private:
  bool Fail(IpfixElement element, std::string_view what) const {
    *reason_ = StrCat("element ", kIpfixElementNames[element], ": '", record_[element], "' ", what);
    return false;
  }

  template <typename T>
  bool IfThere(IpfixElement element, T* out) const {
    if (record_[element] > std::numeric_limits<T>::max()) return Fail(element, "is too large");
    *out = static_cast<T>(record_[element]);
    return true;
  }
  template <typename T>
  bool Needed(IpfixElement element, T* out) const {
    if (record_.has(element)) return IfThere(element, out);
    *reason_ = StrCat("has no element ", kIpfixElementNames[element]);
    return false;
  }

  // Exporters that know no element of ICMP put type and code into the destination port.
  bool Ports(Flow* flow) const {
    if (flow->protocol != kIcmp) {
      return IfThere(kIpfixSourcePort, &flow->source_port) &&
             IfThere(kIpfixDestinationPort, &flow->destination_port);
    }
    if (record_.has(kIpfixTypeCode)) return IfThere(kIpfixTypeCode, &flow->destination_port);
    if (!record_.has(kIpfixIcmpType)) return IfThere(kIpfixDestinationPort, &flow->destination_port);
    uint8_t type = 0, code = 0;
    if (!IfThere(kIpfixIcmpType, &type) || !IfThere(kIpfixIcmpCode, &code)) return false;
    flow->destination_port = static_cast<uint16_t>(type * 256 + code);
    return true;
  }

  // tcpControlBits has 16 bits since RFC 7125; what lies above CWR is of no flow here.
  uint8_t AllOf(std::initializer_list<IpfixElement> elements) const {
    uint64_t flags = 0;
    for (const IpfixElement element : elements) flags |= record_[element];
    return static_cast<uint8_t>(flags);
  }

  bool Count(std::initializer_list<IpfixElement> elements, bool needed, uint64_t* out) const {
    const auto element = FirstOf(record_, elements);
    if (element) return IfThere(*element, out);
    if (needed) *reason_ = StrCat("has no element ", kIpfixElementNames[*elements.begin()]);
    return !needed;
  }

  // Microseconds since 1970.
  bool Instant(IpfixElement element, int64_t* us) const {
    const uint64_t value = record_[element];
    switch (element) {
      case kIpfixStartMs:
      case kIpfixEndMs:
        return Scaled(element, value, kMsUs, us);
      case kIpfixStartS:
      case kIpfixEndS:
        return Scaled(element, value, kSecondUs, us);
      case kIpfixStartDeltaUs:  // before the export
      case kIpfixEndDeltaUs:
        *us = int64_t{record_.export_s} * kSecondUs - static_cast<int64_t>(value & 0xFFFF'FFFF);
        return *us >= 0 || Fail(element, "is a time before 1970");
      case kIpfixStartUptimeMs:
      case kIpfixEndUptimeMs:
        if (!record_.has(kIpfixSystemInitMs)) return Fail(element, "counts from an unknown start");
        // Each alone too: their sum may wrap.
        return Scaled(kIpfixSystemInitMs, record_[kIpfixSystemInitMs], kMsUs, us) &&
               Scaled(element, value, kMsUs, us) &&
               Scaled(element, record_[kIpfixSystemInitMs] + value, kMsUs, us);
      default:
        return Ntp(element, value, us);
    }
  }

  // Seconds since 1900 above their fraction of 2^-32 (RFC 7011, section 6.1.9).
  bool Ntp(IpfixElement element, uint64_t value, int64_t* us) const {
    const uint64_t seconds = value >> 32;
    if (seconds < kNtpTo1970) return Fail(element, "is a time before 1970");
    const uint64_t part = (value & 0xFFFF'FFFF) * kSecondUs >> 32;
    *us = static_cast<int64_t>((seconds - kNtpTo1970) * kSecondUs + part);
    return true;
  }

  bool Length(IpfixElement element, int64_t* us) const {
    return Scaled(element, record_[element], element == kIpfixDurationMs ? kMsUs : 1, us);
  }

  bool Scaled(IpfixElement element, uint64_t value, int64_t unit_us, int64_t* us) const {
    if (value > static_cast<uint64_t>(kMaxUs / unit_us)) return Fail(element, "is beyond the year 9999");
    *us = static_cast<int64_t>(value) * unit_us;
    return true;
  }

  const IpfixRecord& record_;
  std::string* const reason_;
};

}  // namespace

bool ParseIpfixRecord(const IpfixRecord& record, BiflowRecord* flow, std::string* reason) {
  const IpfixParser parser(record, reason);
  if (!parser.Endpoints(&flow->forward) || !parser.Times(&flow->forward)) return false;
  flow->reverse = Reversed(flow->forward);
  parser.Flags(&flow->forward, &flow->reverse);
  return parser.Tos(&flow->forward, &flow->reverse) && parser.Counts(&flow->forward, &flow->reverse);
}

}  // namespace stanflow
