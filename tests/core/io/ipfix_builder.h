#ifndef STANFLOW_TESTS_CORE_IO_IPFIX_BUILDER_H_
#define STANFLOW_TESTS_CORE_IO_IPFIX_BUILDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/strings.h"

namespace stanflow {

// `size` bytes in network byte order.
inline std::string Be(uint64_t value, int size) {
  std::string bytes;
  for (int i = size - 1; i >= 0; --i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

// A field of a template, by the numbers of IANA's registry; enterprise 0 is IANA's own. Written after RFC
// 7011 by hand, so that tests don't take libfixbuf's word for it.
struct IpfixField {
  uint16_t number;
  uint16_t size;
  uint32_t enterprise = 0;
};
inline constexpr uint32_t kReverseEnterprise = 29305;

inline std::string IpfixSetBytes(uint16_t id, const std::string& contents) {
  return StrCat(Be(id, 2), Be(contents.size() + 4, 2), contents);
}

inline std::string IpfixTemplate(uint16_t id, const std::vector<IpfixField>& fields) {
  std::string bytes = Be(id, 2) + Be(fields.size(), 2);
  for (const IpfixField& field : fields) {
    const bool own = field.enterprise != 0;
    bytes += Be(field.number | (own ? 0x8000 : 0), 2) + Be(field.size, 2);
    if (own) bytes += Be(field.enterprise, 4);
  }
  return IpfixSetBytes(2, bytes);
}

// Exported at 2024-01-08T00:00:10Z.
inline std::string IpfixMessage(const std::string& sets, uint32_t domain = 1) {
  return StrCat(Be(10, 2), Be(16 + sets.size(), 2), Be(1704672010, 4), Be(0, 4), Be(domain, 4), sets);
}

// What NumberedFlow (format_samples.h) has, as template 256.
inline std::vector<IpfixField> PlainFields() {
  return {{152, 8}, {153, 8}, {8, 4}, {12, 4}, {7, 2}, {11, 2}, {4, 1}, {6, 1}, {5, 1}, {2, 8}, {1, 8}};
}
inline std::string PlainRecord(int number) {
  return StrCat(Be(1704672000500, 8), Be(1704672001000, 8), Be(0x0A010001, 4), Be(0xC0000201, 4), Be(1000, 2),
                Be(443, 2), Be(6, 1), Be(27, 1), Be(0, 1), Be(1, 8), Be(number, 8));
}

// A file of one message for each of `numbers`.
inline std::string PlainIpfixFile(const std::vector<int>& numbers) {
  std::string file = IpfixMessage(IpfixTemplate(256, PlainFields()));
  for (const int number : numbers) file += IpfixMessage(IpfixSetBytes(256, PlainRecord(number)));
  return file;
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_IO_IPFIX_BUILDER_H_
