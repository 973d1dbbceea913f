#ifndef STANFLOW_CORE_EXPORT_KAFKA_HANDLES_H_
#define STANFLOW_CORE_EXPORT_KAFKA_HANDLES_H_

#include <memory>

#include "librdkafka/rdkafka.h"

namespace stanflow {

// librdkafka's objects, each owned by one pointer.
template <typename T, void (*destroy)(T*)>
struct KafkaDeleter {
  void operator()(T* object) const { destroy(object); }
};
template <typename T, void (*destroy)(T*)>
using KafkaPtr = std::unique_ptr<T, KafkaDeleter<T, destroy>>;

using KafkaConf = KafkaPtr<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using KafkaHandle = KafkaPtr<rd_kafka_t, rd_kafka_destroy>;
using KafkaTopic = KafkaPtr<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using KafkaError = KafkaPtr<rd_kafka_error_t, rd_kafka_error_destroy>;
using KafkaPartitions = KafkaPtr<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using KafkaGroup = KafkaPtr<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy>;

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_KAFKA_HANDLES_H_
