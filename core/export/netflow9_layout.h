#ifndef STANFLOW_CORE_EXPORT_NETFLOW9_LAYOUT_H_
#define STANFLOW_CORE_EXPORT_NETFLOW9_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "core/export/exporter_times.h"
#include "core/flow/flow.h"

namespace stanflow {

// One field of a NetFlow v9 record. The same row makes the template and the record, so that they agree.
struct NetFlow9Field {
  uint16_t type;  // RFC 3954, section 8
  uint16_t octets;
  void (*append)(const Flow& flow, const PacketTimes& times, std::string* out);
};

// What a template says and its records hold.
struct NetFlow9Layout {
  uint16_t template_id;
  absl::Span<const NetFlow9Field> fields;
  size_t record_bytes;
};

// All layouts, in the order of their templates.
absl::Span<const NetFlow9Layout> NetFlow9Layouts();
const NetFlow9Layout& NetFlow9LayoutOf(const Flow& flow);

// The set that announces all templates.
size_t NetFlow9TemplateSetBytes();
void AppendNetFlow9TemplateSet(std::string* out);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_NETFLOW9_LAYOUT_H_
