#ifndef STANFLOW_TESTS_CORE_IO_PACKET_BUILDER_H_
#define STANFLOW_TESTS_CORE_IO_PACKET_BUILDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/strings.h"
#include "tests/core/io/ipfix_builder.h"

namespace stanflow {

// `size` bytes, lowest first, as most captures have them.
inline std::string Le(uint64_t value, int size) {
  const std::string be = Be(value, size);
  return {be.rbegin(), be.rend()};
}

struct Packet {
  int64_t time_us = 0;      // since 1970
  std::string bytes;        // from the Ethernet head on
  size_t captured = 65535;  // of them
};

inline std::string EthernetFrame(const std::string& payload, uint16_t type = 0x0800) {
  return StrCat(Be(0x020000000001, 6), Be(0x020000000002, 6), Be(type, 2), payload);
}
inline std::string Ipv4Packet(uint32_t from, uint32_t to, uint8_t protocol, const std::string& payload,
                              uint8_t tos = 0) {
  return StrCat(Be(0x45, 1), Be(tos, 1), Be(20 + payload.size(), 2), Be(1, 2), Be(0, 2), Be(64, 1),
                Be(protocol, 1), Be(0, 2), Be(from, 4), Be(to, 4), payload);
}
inline std::string TcpSegment(uint16_t from, uint16_t to, uint8_t flags, size_t data = 0) {
  return StrCat(Be(from, 2), Be(to, 2), Be(1, 4), Be(1, 4), Be(0x50, 1), Be(flags, 1), Be(1000, 2), Be(0, 4),
                std::string(data, 'x'));
}
inline std::string UdpDatagram(uint16_t from, uint16_t to, size_t data) {
  return StrCat(Be(from, 2), Be(to, 2), Be(8 + data, 2), Be(0, 2), std::string(data, 'x'));
}
inline std::string IcmpMessage(uint8_t type, uint8_t code) {
  return StrCat(Be(type, 1), Be(code, 1), Be(0, 2), Be(1, 4), std::string(24, 'x'));
}

// Of link type 1, Ethernet.
inline std::string PcapFile(const std::vector<Packet>& packets) {
  std::string file = StrCat(Le(0xa1b2c3d4, 4), Le(2, 2), Le(4, 2), Le(0, 8), Le(65535, 4), Le(1, 4));
  for (const Packet& packet : packets) {
    const std::string bytes = packet.bytes.substr(0, packet.captured);
    StrAppend(&file, Le(static_cast<uint64_t>(packet.time_us) / 1'000'000, 4),
              Le(static_cast<uint64_t>(packet.time_us) % 1'000'000, 4), Le(bytes.size(), 4),
              Le(packet.bytes.size(), 4), bytes);
  }
  return file;
}

inline std::string PcapngBlock(uint32_t type, std::string body) {
  body.resize((body.size() + 3) / 4 * 4);
  return StrCat(Le(type, 4), Le(body.size() + 12, 4), body, Le(body.size() + 12, 4));
}
inline std::string PcapngFile(const std::vector<Packet>& packets) {
  std::string file =
      PcapngBlock(0x0a0d0d0a, Le(0x1a2b3c4d, 4) + Le(1, 2) + Le(0, 2) + std::string(8, '\xff')) +
      PcapngBlock(1, Le(1, 2) + Le(0, 2) + Le(65535, 4));
  for (const Packet& packet : packets) {
    const auto time = static_cast<uint64_t>(packet.time_us);
    file += PcapngBlock(6, StrCat(Le(0, 4), Le(time >> 32, 4), Le(time & 0xFFFF'FFFF, 4),
                                  Le(packet.bytes.size(), 4), Le(packet.bytes.size(), 4), packet.bytes));
  }
  return file;
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_IO_PACKET_BUILDER_H_
