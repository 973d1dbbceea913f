#include "core/export/kafka_mark.h"

#include <string_view>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/kafka_errors.h"
#include "core/export/kafka_settings.h"

namespace stanflow {
namespace {

constexpr int kSliceMs = 1000, kBetweenTriesMs = 100;

absl::StatusOr<KafkaHandle> NewConsumer(const KafkaStream& stream) {
  STANFLOW_ASSIGN_OR_RETURN(KafkaConf conf,
                            NewKafkaConf({{"bootstrap.servers", stream.brokers},
                                          {"client.id", "stanflow"},
                                          {"group.id", stream.name},
                                          {"enable.auto.commit", "false"},
                                          // An offset whose transaction is ending is waited for.
                                          {"isolation.level", "read_committed"}}));
  return NewKafkaClient(RD_KAFKA_CONSUMER, std::move(conf));
}

absl::StatusOr<StreamMark> MarkOf(const rd_kafka_topic_partition_t& place) {
  if (place.offset == RD_KAFKA_OFFSET_INVALID) return StreamMark();
  const std::string_view metadata(static_cast<const char*>(place.metadata), place.metadata_size);
  STANFLOW_ASSIGN_OR_RETURN(StreamMark mark, ParseStreamMark(metadata));
  if (mark.rows == static_cast<uint64_t>(place.offset)) return mark;
  return absl::DataLossError(StrCat("offset ", place.offset, " is not that of its metadata, ", metadata));
}

bool MayPass(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
    case RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<StreamMark> ReadKafkaMark(const KafkaStream& stream, Patience* patience) {
  STANFLOW_ASSIGN_OR_RETURN(const KafkaHandle consumer, NewConsumer(stream));
  patience->Renew();
  while (true) {
    const KafkaPartitions places(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(places.get(), stream.topic.c_str(), 0);
    rd_kafka_resp_err_t code = rd_kafka_committed(consumer.get(), places.get(), kSliceMs);
    const rd_kafka_topic_partition_t& place = places->elems[0];
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = place.err;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      const absl::StatusOr<StreamMark> mark = MarkOf(place);
      if (mark.ok()) return mark;
      return absl::DataLossError(StrCat("group '", stream.name, "': ", ToStd(mark.status().message())));
    }
    if (!MayPass(code)) {
      return KafkaStatus(StrCat("can't read the offset of group '", stream.name, "'"), code,
                         rd_kafka_err2str(code));
    }
    rd_kafka_poll(consumer.get(), kBetweenTriesMs);
    STANFLOW_RETURN_IF_ERROR(patience->Check(StrCat("kafka at ", stream.brokers)));
  }
}

}  // namespace stanflow
