#include "core/export/kafka_errors.h"

#include <string>

#include "core/base/strings.h"

namespace stanflow {
namespace {

// What to do about an error that stays; null for those that may pass.
const char* LastingCause(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
      return "another process writes this stream, or the brokers ended a transaction that took too long";
    case RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE:
      return "the place in the stream is longer than the brokers' offset.metadata.max.bytes; raise it";
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
      return "the brokers' transaction.max.timeout.ms is too short; raise it";
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return "the topic's max.message.bytes is too small for a batch; raise it";
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return "the brokers must let this client read and write the topic";
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      return "the brokers must let this client read the group named after the stream";
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return "the brokers must let this client write with the transactional id named after the stream";
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return "the brokers refuse this client";
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
      return "transactions need Kafka 0.11 or newer";
    default:
      return nullptr;
  }
}

}  // namespace

absl::Status KafkaStatus(std::string_view what, rd_kafka_resp_err_t code, std::string_view reason) {
  const char* const lasting = LastingCause(code);
  if (lasting == nullptr) return absl::UnavailableError(StrCat(what, ": ", reason));
  return absl::FailedPreconditionError(StrCat(what, ": ", reason, "; ", lasting));
}

absl::Status KafkaStatus(std::string_view what, const KafkaError& error) {
  const char* const reason = rd_kafka_error_string(error.get());
  absl::Status status = KafkaStatus(what, rd_kafka_error_code(error.get()), reason);
  if (!rd_kafka_error_is_fatal(error.get()) || absl::IsFailedPrecondition(status)) return status;
  return absl::FailedPreconditionError(StrCat(what, ": ", reason));
}

}  // namespace stanflow
