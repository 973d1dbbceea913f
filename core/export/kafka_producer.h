#ifndef STANFLOW_CORE_EXPORT_KAFKA_PRODUCER_H_
#define STANFLOW_CORE_EXPORT_KAFKA_PRODUCER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/export/kafka_handles.h"
#include "core/export/patience.h"
#include "core/export/stream_mark.h"

namespace stanflow {

// Where one stream goes, and what it is known by there.
struct KafkaStream {
  std::string brokers;  // "HOST:PORT", separated by ','
  std::string topic;
  // Its transactional id, and the consumer group whose offset is the stream's place.
  std::string name;
};

// What became of the messages. Every message that was taken is reported once, as one of acknowledged, refused
// and given_up.
struct KafkaReports {
  uint64_t taken = 0;
  uint64_t acknowledged = 0;
  uint64_t acknowledged_bytes = 0;  // payload
  uint64_t refused = 0;             // by a broker, or too late
  uint64_t given_up = 0;            // by Abort
  uint64_t connection_errors = 0;

  uint64_t all() const { return acknowledged + refused + given_up; }
};

// Sends messages to a topic in transactions, each together with the stream's place behind it. Messages of one
// key keep their order, in one partition. Not safe for concurrent use. After an error it is of no more use
// but for Abort and reports().
class KafkaProducer {
 public:
  // Waits until the brokers know the topic and have ended what an older process with the same name had begun:
  // from here on that process can't write. `patience` outlives the producer.
  // NOT_FOUND: there is no such topic, and the brokers don't make it by themselves. Others as of KafkaStatus,
  // and as of Patience.
  static absl::StatusOr<std::unique_ptr<KafkaProducer>> Open(const KafkaStream& stream, Patience* patience);
  ~KafkaProducer();  // Aborts what is not committed; waits for that as Abort does.

  // Takes one message; false: the queue is full, and nothing was taken. Never waits.
  absl::StatusOr<bool> TrySend(std::string_view key, std::string_view payload);
  // Takes the reports that have come.
  void TakeReports();
  // Takes reports, waiting a moment for the first. OK: try once more; else as of Patience.
  absl::Status WaitForReports();
  // Ends the transaction: after OK readers see its messages, and the group's offset is `mark.rows` with the
  // whole mark as its metadata. After an error it may have been either, which only a new Open settles.
  absl::Status Commit(const StreamMark& mark);
  // Makes void what was not committed, as far as the brokers can be told within seconds; else the next Open
  // does, or the brokers do when the transaction gets too old.
  void Abort();

  const KafkaReports& reports() const { return reports_; }

 private:
  KafkaProducer(KafkaStream stream, Patience* patience) : stream_(std::move(stream)), patience_(*patience) {}

  absl::Status Connect();
  absl::Status AwaitTopic();
  absl::Status InitTransactions();
  absl::Status Begin();
  absl::Status Flush();
  absl::Status SendMark(const StreamMark& mark);
  // Errors begin with `what`.
  absl::Status EndTransaction(std::string_view what);
  absl::Status CheckReports() const;
  absl::Status WhyFailed();

  static void OnReport(rd_kafka_t*, const rd_kafka_message_t* message, void* self);
  static void OnError(rd_kafka_t*, int code, const char* reason, void* self);

  const KafkaStream stream_;
  Patience& patience_;
  KafkaHandle handle_;
  KafkaTopic topic_;  // gone before handle_
  bool in_transaction_ = false;
  KafkaReports reports_;
  uint64_t reports_seen_ = 0;  // by WaitForReports
  rd_kafka_resp_err_t first_refusal_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string newest_error_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_KAFKA_PRODUCER_H_
