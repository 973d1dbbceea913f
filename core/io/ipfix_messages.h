#ifndef STANFLOW_CORE_IO_IPFIX_MESSAGES_H_
#define STANFLOW_CORE_IO_IPFIX_MESSAGES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/io/byte_source.h"

namespace stanflow {

// Numbers of a message are in network byte order.
inline uint16_t ReadBe16(std::string_view bytes, size_t at) {
  return static_cast<uint16_t>(static_cast<uint8_t>(bytes[at]) << 8 | static_cast<uint8_t>(bytes[at + 1]));
}
inline uint32_t ReadBe32(std::string_view bytes, size_t at) {
  return uint32_t{ReadBe16(bytes, at)} << 16 | ReadBe16(bytes, at + 2);
}

// The head of an IPFIX message (RFC 7011, section 3.1): version, length, export time, sequence number,
// observation domain.
inline constexpr size_t kIpfixHeadBytes = 16, kIpfixDomainAt = 12;
inline constexpr uint16_t kIpfixVersion = 10;

// OK if a message's head can begin so; INVALID_ARGUMENT with what is wrong. `head` has kIpfixHeadBytes.
absl::Status CheckIpfixHead(std::string_view head);

// A set of a message: id and length, then its records. Ids: 2 templates, 3 options templates, 256 and above
// records of that template.
struct IpfixSet {
  uint16_t id = 0;
  std::string_view bytes;  // with the head
};
inline constexpr uint16_t kIpfixTemplateSet = 2, kIpfixOptionsTemplateSet = 3, kIpfixFirstDataSet = 256;
// The sets of a whole message, in order; INVALID_ARGUMENT if their lengths don't fill it.
absl::StatusOr<std::vector<IpfixSet>> SplitIpfixMessage(std::string_view message);

// Cuts a source into messages. Not safe for concurrent use.
class IpfixMessages {
 public:
  explicit IpfixMessages(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  // The next message, whole; empty at the end. Valid until the next call. DATA_LOSS, with its number, if
  // there is something else or only a part of one.
  absl::StatusOr<std::string_view> Next();
  uint64_t number() const { return number_; }  // of the last message, 1 is the first
  double fraction() const { return source_->fraction(); }

 private:
  absl::StatusOr<bool> Fill(size_t bytes);

  std::unique_ptr<ByteSource> source_;
  std::string_view block_;  // what is left of the source's block
  std::string message_;
  uint64_t number_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_IPFIX_MESSAGES_H_
