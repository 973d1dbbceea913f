#include "core/export/kafka_producer.h"

#include <string.h>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/kafka_errors.h"
#include "core/export/kafka_settings.h"

namespace stanflow {
namespace {

// A call into the library may block so long before a stop or the end of the patience is seen.
constexpr int kSliceMs = 1000, kAbortMs = 2000;
constexpr int kBetweenTriesMs = 100;

// A transaction may last so long: streams commit every few seconds, and brokers allow 15 minutes unless told
// otherwise (transaction.max.timeout.ms). It is also how long readers wait at the flows of a process that
// died, if none follows: one that does voids them at once.
constexpr int kTransactionMs = 300'000;
// Batches fill by themselves where flows come fast; where they come slowly, one waits so long for others.
constexpr int kLingerMs = 50;

using KafkaMetadata = KafkaPtr<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;

bool IsUnknownTopic(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaProducer>> KafkaProducer::Open(const KafkaStream& stream,
                                                                   Patience* patience) {
  std::unique_ptr<KafkaProducer> producer(new KafkaProducer(stream, patience));
  STANFLOW_RETURN_IF_ERROR(producer->Connect());
  STANFLOW_RETURN_IF_ERROR(producer->AwaitTopic());
  STANFLOW_RETURN_IF_ERROR(producer->InitTransactions());
  return producer;
}

KafkaProducer::~KafkaProducer() { Abort(); }

absl::Status KafkaProducer::Connect() {
  STANFLOW_ASSIGN_OR_RETURN(KafkaConf conf, NewKafkaConf({{"bootstrap.servers", stream_.brokers},
                                                          {"client.id", "stanflow"},
                                                          {"transactional.id", stream_.name},
                                                          {"transaction.timeout.ms", StrCat(kTransactionMs)},
                                                          {"linger.ms", StrCat(kLingerMs)},
                                                          {"compression.type", "lz4"},
                                                          // Puts a key where Kafka's own Java client would.
                                                          {"partitioner", "murmur2_random"}}));
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), OnReport);
  rd_kafka_conf_set_error_cb(conf.get(), OnError);
  STANFLOW_ASSIGN_OR_RETURN(handle_, NewKafkaClient(RD_KAFKA_PRODUCER, std::move(conf)));
  topic_.reset(rd_kafka_topic_new(handle_.get(), stream_.topic.c_str(), nullptr));
  if (topic_ != nullptr) return absl::OkStatus();
  return absl::InternalError(
      StrCat("topic '", stream_.topic, "': ", rd_kafka_err2str(rd_kafka_last_error())));
}

absl::Status KafkaProducer::AwaitTopic() {
  const std::string what = StrCat("topic '", stream_.topic, "'");
  patience_.Renew();
  while (true) {
    const rd_kafka_metadata_t* answer = nullptr;
    rd_kafka_resp_err_t code = rd_kafka_metadata(handle_.get(), 0, topic_.get(), &answer, kSliceMs);
    const KafkaMetadata metadata(answer);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = metadata->topics[0].err;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
    absl::Status status = KafkaStatus(what, code, rd_kafka_err2str(code));
    if (absl::IsFailedPrecondition(status)) return status;
    status = WaitForReports();
    if (absl::IsUnavailable(status) && IsUnknownTopic(code)) {
      return absl::NotFoundError(StrCat(what, " is not there, and the brokers don't make it by themselves"));
    }
    STANFLOW_RETURN_IF_ERROR(status);
  }
}

absl::Status KafkaProducer::InitTransactions() {
  patience_.Renew();
  while (true) {
    const KafkaError error(rd_kafka_init_transactions(handle_.get(), kSliceMs));
    if (error == nullptr) return absl::OkStatus();
    if (!rd_kafka_error_is_retriable(error.get())) return KafkaStatus("can't begin to write", error);
    STANFLOW_RETURN_IF_ERROR(WaitForReports());
  }
}

absl::Status KafkaProducer::Begin() {
  if (in_transaction_) return absl::OkStatus();
  const KafkaError error(rd_kafka_begin_transaction(handle_.get()));
  if (error != nullptr) return KafkaStatus("can't begin a transaction", error);
  in_transaction_ = true;
  return absl::OkStatus();
}

absl::StatusOr<bool> KafkaProducer::TrySend(std::string_view key, std::string_view payload) {
  STANFLOW_RETURN_IF_ERROR(CheckReports());
  STANFLOW_RETURN_IF_ERROR(Begin());
  // The library only reads the payload, which it copies.
  if (rd_kafka_produce(topic_.get(), RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                       const_cast<char*>(payload.data()), payload.size(), key.data(), key.size(),
                       nullptr) == 0) {
    ++reports_.taken;
    return true;
  }
  if (rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL) return false;
  return WhyFailed();
}

void KafkaProducer::TakeReports() { rd_kafka_poll(handle_.get(), 0); }

absl::Status KafkaProducer::WaitForReports() {
  rd_kafka_poll(handle_.get(), kBetweenTriesMs);
  if (std::exchange(reports_seen_, reports_.all()) != reports_.all()) patience_.Renew();
  const absl::Status status = patience_.Check(StrCat("kafka at ", stream_.brokers));
  if (!absl::IsUnavailable(status) || newest_error_.empty()) return status;
  return absl::UnavailableError(StrCat(ToStd(status.message()), "; the newest error: ", newest_error_));
}

absl::Status KafkaProducer::Commit(const StreamMark& mark) {
  STANFLOW_RETURN_IF_ERROR(Begin());
  STANFLOW_RETURN_IF_ERROR(Flush());
  STANFLOW_RETURN_IF_ERROR(SendMark(mark));
  STANFLOW_RETURN_IF_ERROR(EndTransaction("can't commit"));
  in_transaction_ = false;
  if (reports_.all() == reports_.taken) return absl::OkStatus();
  return absl::InternalError(
      StrCat("of ", reports_.taken, " messages, ", reports_.all(), " were reported by librdkafka"));
}

absl::Status KafkaProducer::Flush() {
  patience_.Renew();
  while (rd_kafka_flush(handle_.get(), kSliceMs) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    STANFLOW_RETURN_IF_ERROR(WaitForReports());
  }
  return CheckReports();
}

absl::Status KafkaProducer::SendMark(const StreamMark& mark) {
  const KafkaPartitions places(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t* const place =
      rd_kafka_topic_partition_list_add(places.get(), stream_.topic.c_str(), 0);
  const std::string metadata = FormatStreamMark(mark);
  place->offset = static_cast<int64_t>(mark.rows);
  place->metadata = strdup(metadata.c_str());  // freed with the list
  place->metadata_size = metadata.size();
  const KafkaGroup group(rd_kafka_consumer_group_metadata_new(stream_.name.c_str()));
  patience_.Renew();
  while (true) {
    // Not in slices: the library voids the transaction when this time is over. The brokers have just taken
    // all flows, so that a stop waits for it only if they vanish in this moment.
    const KafkaError error(rd_kafka_send_offsets_to_transaction(
        handle_.get(), places.get(), group.get(), static_cast<int>(patience_.length().count())));
    if (error == nullptr) return absl::OkStatus();
    if (!rd_kafka_error_is_retriable(error.get())) return KafkaStatus("can't keep the stream's place", error);
    STANFLOW_RETURN_IF_ERROR(WaitForReports());
  }
}

absl::Status KafkaProducer::EndTransaction(std::string_view what) {
  patience_.Renew();
  while (true) {
    const KafkaError error(rd_kafka_commit_transaction(handle_.get(), kSliceMs));
    if (error == nullptr) return absl::OkStatus();
    if (!rd_kafka_error_is_retriable(error.get())) return KafkaStatus(what, error);
    STANFLOW_RETURN_IF_ERROR(WaitForReports());
  }
}

void KafkaProducer::Abort() {
  if (!in_transaction_) return;
  in_transaction_ = false;
  const KafkaError ignored(rd_kafka_abort_transaction(handle_.get(), kAbortMs));
}

absl::Status KafkaProducer::CheckReports() const {
  if (reports_.refused == 0) return absl::OkStatus();
  return KafkaStatus("a message was not taken", first_refusal_, rd_kafka_err2str(first_refusal_));
}

// The library tells why a transaction failed only to those who try to commit it.
absl::Status KafkaProducer::WhyFailed() {
  const rd_kafka_resp_err_t code = rd_kafka_last_error();
  // Of any other error the transaction knows nothing, and would be committed.
  if (code != RD_KAFKA_RESP_ERR__STATE && code != RD_KAFKA_RESP_ERR__FATAL)
    return absl::FailedPreconditionError(StrCat("can't send: ", rd_kafka_err2str(code)));
  const absl::Status why = EndTransaction("can't send");
  if (why.ok()) return absl::InternalError(StrCat("can't send: ", rd_kafka_err2str(code)));
  return why;
}

void KafkaProducer::OnReport(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
  auto& producer = *static_cast<KafkaProducer*>(self);
  KafkaReports& reports = producer.reports_;
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++reports.acknowledged;
    reports.acknowledged_bytes += message->len;
  } else if (message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
             message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) {
    ++reports.given_up;
  } else {
    if (reports.refused++ == 0) producer.first_refusal_ = message->err;
  }
}

void KafkaProducer::OnError(rd_kafka_t*, int code, const char* reason, void* self) {
  auto& producer = *static_cast<KafkaProducer*>(self);
  ++producer.reports_.connection_errors;
  producer.newest_error_ = reason;
}

}  // namespace stanflow
