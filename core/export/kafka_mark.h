#ifndef STANFLOW_CORE_EXPORT_KAFKA_MARK_H_
#define STANFLOW_CORE_EXPORT_KAFKA_MARK_H_

#include "absl/status/statusor.h"
#include "core/export/kafka_producer.h"
#include "core/export/patience.h"
#include "core/export/stream_mark.h"

namespace stanflow {

// The mark of the stream's newest committed transaction; the beginning if there was none. To be called after
// KafkaProducer::Open, which ends what an older process had begun. DATA_LOSS if the group's offset is not a
// mark's; others as of KafkaStatus, and as of Patience.
absl::StatusOr<StreamMark> ReadKafkaMark(const KafkaStream& stream, Patience* patience);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_KAFKA_MARK_H_
