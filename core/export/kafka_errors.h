#ifndef STANFLOW_CORE_EXPORT_KAFKA_ERRORS_H_
#define STANFLOW_CORE_EXPORT_KAFKA_ERRORS_H_

#include <string_view>

#include "absl/status/status.h"
#include "core/export/kafka_handles.h"

namespace stanflow {

// What librdkafka says, in this project's words: "WHAT: REASON".
//   FAILED_PRECONDITION  no other try would mend it: another process writes the stream, a missing right, a
//                        setting of the brokers
//   UNAVAILABLE          everything else: what was sent in this transaction is void, the next try may succeed
absl::Status KafkaStatus(std::string_view what, rd_kafka_resp_err_t code, std::string_view reason);
absl::Status KafkaStatus(std::string_view what, const KafkaError& error);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_KAFKA_ERRORS_H_
