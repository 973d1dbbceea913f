#ifndef STANFLOW_CORE_EXPORT_BIG_ENDIAN_H_
#define STANFLOW_CORE_EXPORT_BIG_ENDIAN_H_

#include <endian.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace stanflow {

// Numbers as networks write them: the most significant octet first.
inline void AppendU8(uint8_t value, std::string* out) { out->push_back(static_cast<char>(value)); }

inline void AppendU16(uint16_t value, std::string* out) {
  const uint16_t big = htobe16(value);
  char octets[sizeof(big)];
  std::memcpy(octets, &big, sizeof(big));
  out->append(octets, sizeof(big));
}

inline void AppendU32(uint32_t value, std::string* out) {
  const uint32_t big = htobe32(value);
  char octets[sizeof(big)];
  std::memcpy(octets, &big, sizeof(big));
  out->append(octets, sizeof(big));
}

inline void AppendU64(uint64_t value, std::string* out) {
  const uint64_t big = htobe64(value);
  char octets[sizeof(big)];
  std::memcpy(octets, &big, sizeof(big));
  out->append(octets, sizeof(big));
}

// Over the octets from `at` on, which must be there: for what is known only later.
inline void PutU16(uint16_t value, size_t at, std::string* out) {
  const uint16_t big = htobe16(value);
  std::memcpy(out->data() + at, &big, sizeof(big));
}

inline void PutU32(uint32_t value, size_t at, std::string* out) {
  const uint32_t big = htobe32(value);
  std::memcpy(out->data() + at, &big, sizeof(big));
}

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_BIG_ENDIAN_H_
