#include "core/export/netflow9_layout.h"

#include "core/export/big_endian.h"
#include "core/export/datagram_encoder.h"
#include "core/flow/protocol.h"

namespace stanflow {
namespace {

using Out = std::string;

constexpr NetFlow9Field kFields[] = {
    {1, 8, [](const Flow& f, const PacketTimes&, Out* out) { AppendU64(f.bytes, out); }},     // IN_BYTES
    {2, 8, [](const Flow& f, const PacketTimes&, Out* out) { AppendU64(f.packets, out); }},   // IN_PKTS
    {4, 1, [](const Flow& f, const PacketTimes&, Out* out) { AppendU8(f.protocol, out); }},   // PROTOCOL
    {5, 1, [](const Flow& f, const PacketTimes&, Out* out) { AppendU8(f.tos, out); }},        // TOS
    {6, 1, [](const Flow& f, const PacketTimes&, Out* out) { AppendU8(f.tcp_flags, out); }},  // TCP_FLAGS
    {7, 2,                                                                                    // L4_SRC_PORT
     [](const Flow& f, const PacketTimes&, Out* out) { AppendU16(ExportedSourcePort(f), out); }},
    {8, 4,  // IPV4_SRC_ADDR
     [](const Flow& f, const PacketTimes&, Out* out) { AppendU32(f.source_address, out); }},
    {11, 2,  // L4_DST_PORT
     [](const Flow& f, const PacketTimes&, Out* out) { AppendU16(f.destination_port, out); }},
    {12, 4,  // IPV4_DST_ADDR
     [](const Flow& f, const PacketTimes&, Out* out) { AppendU32(f.destination_address, out); }},
    {21, 4,  // LAST_SWITCHED
     [](const Flow& f, const PacketTimes& t, Out* out) { AppendU32(t.UptimeAt(f.end_ms), out); }},
    {22, 4,  // FIRST_SWITCHED
     [](const Flow& f, const PacketTimes& t, Out* out) { AppendU32(t.UptimeAt(StartMs(f)), out); }},
    // Last, because the layout without it is what stands before.
    {32, 2,  // ICMP_TYPE
     [](const Flow& f, const PacketTimes&, Out* out) { AppendU16(f.destination_port, out); }},
};
constexpr size_t kNumFields = sizeof(kFields) / sizeof(kFields[0]);

constexpr size_t RecordBytes(size_t fields) {
  size_t octets = 0;
  for (size_t i = 0; i < fields; ++i) octets += kFields[i].octets;
  return octets;
}

constexpr size_t kSetHeaderBytes = 4, kTemplateHeaderBytes = 4, kSpecifierBytes = 4;
constexpr uint16_t kTemplateSetId = 0;

}  // namespace

absl::Span<const NetFlow9Layout> NetFlow9Layouts() {
  static const NetFlow9Layout kLayouts[] = {
      {256, absl::MakeConstSpan(kFields, kNumFields - 1), RecordBytes(kNumFields - 1)},
      {257, absl::MakeConstSpan(kFields, kNumFields), RecordBytes(kNumFields)},
  };
  return kLayouts;
}

const NetFlow9Layout& NetFlow9LayoutOf(const Flow& flow) {
  return NetFlow9Layouts()[flow.protocol == kIcmp ? 1 : 0];
}

size_t NetFlow9TemplateSetBytes() {
  size_t octets = kSetHeaderBytes;
  for (const NetFlow9Layout& layout : NetFlow9Layouts())
    octets += kTemplateHeaderBytes + kSpecifierBytes * layout.fields.size();
  return octets;
}

void AppendNetFlow9TemplateSet(std::string* out) {
  AppendU16(kTemplateSetId, out);
  AppendU16(static_cast<uint16_t>(NetFlow9TemplateSetBytes()), out);
  for (const NetFlow9Layout& layout : NetFlow9Layouts()) {
    AppendU16(layout.template_id, out);
    AppendU16(static_cast<uint16_t>(layout.fields.size()), out);
    for (const NetFlow9Field& field : layout.fields) {
      AppendU16(field.type, out);
      AppendU16(field.octets, out);
    }
  }
}

}  // namespace stanflow
