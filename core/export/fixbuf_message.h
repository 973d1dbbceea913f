#ifndef STANFLOW_CORE_EXPORT_FIXBUF_MESSAGE_H_
#define STANFLOW_CORE_EXPORT_FIXBUF_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/flow/flow.h"

namespace stanflow {

// One IPFIX message after the other, written by libfixbuf into memory: the only place of core/export that
// sees libfixbuf. A message has flows or templates, never both. Not safe for concurrent use. Errors are
// INTERNAL with libfixbuf's words.
class FixbufMessage {
 public:
  // `max_octets` of a message, at most 65535.
  static absl::StatusOr<std::unique_ptr<FixbufMessage>> New(uint32_t observation_domain, size_t max_octets);
  ~FixbufMessage();
  FixbufMessage(const FixbufMessage&) = delete;
  FixbufMessage& operator=(const FixbufMessage&) = delete;

  // False, and nothing has changed, if the message has no room: it must be taken first.
  absl::StatusOr<bool> Append(const Flow& flow);
  // The message of the flows so far, at least one. Valid until the next call.
  absl::StatusOr<std::string_view> Take();
  // A message of the templates; there must be no flows waiting to be taken. Valid until the next call.
  absl::StatusOr<std::string_view> TakeTemplates();

 private:
  struct Library;
  explicit FixbufMessage(size_t max_octets);
  absl::Status Open(uint32_t observation_domain);

  std::string memory_;  // where libfixbuf leaves a whole message
  std::unique_ptr<Library> library_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_FIXBUF_MESSAGE_H_
