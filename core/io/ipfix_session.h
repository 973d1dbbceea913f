#ifndef STANFLOW_CORE_IO_IPFIX_SESSION_H_
#define STANFLOW_CORE_IO_IPFIX_SESSION_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/io/ipfix_messages.h"
#include "core/io/ipfix_record.h"

namespace stanflow {

// libfixbuf's view of a file: its templates, and the records of one set at a time. Not safe for concurrent
// use.
class IpfixSession {
 public:
  static absl::StatusOr<std::unique_ptr<IpfixSession>> Create();
  IpfixSession(const IpfixSession&) = delete;
  IpfixSession& operator=(const IpfixSession&) = delete;
  ~IpfixSession();

  // Goes on with `set` of `message`.
  void Begin(std::string_view message, const IpfixSet& set);
  // The next flow record of the set; false at its end. DATA_LOSS if libfixbuf can't read it, also if it
  // reaches beyond the set.
  absl::StatusOr<bool> Next(IpfixRecord* record);
  // Whether the message's observation domain has this template by now. To be asked once Next has answered.
  bool HasTemplate(uint16_t id) const;

 private:
  struct Rep;
  explicit IpfixSession(std::unique_ptr<Rep> rep);
  std::unique_ptr<Rep> rep_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_IPFIX_SESSION_H_
