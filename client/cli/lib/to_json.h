#ifndef STANFLOW_CLIENT_CLI_LIB_TO_JSON_H_
#define STANFLOW_CLIENT_CLI_LIB_TO_JSON_H_

#include "absl/types/span.h"
#include "client/cli/lib/cli.h"
#include "stanflow/v1/datasets.pb.h"
#include "stanflow/v1/jobs.pb.h"
#include "stanflow/v1/models.pb.h"
#include "stanflow/v1/synthesis.pb.h"

namespace stanflow {

// The shapes that --json prints. Field names never change; more may come. Times are RFC 3339 in
// UTC, null while unset. json_fields.cc tells every field's meaning, and a test holds the two
// together.

Json ToJson(const stanflow::v1::Job& job);
Json ToJson(const stanflow::v1::JobEvent& event);
Json ToJson(const stanflow::v1::Dataset& dataset);
Json ToJson(const stanflow::v1::ModelVersion& version);
Json ToJson(const stanflow::v1::ModelAlias& alias);

struct JsonField {
  const char* path;     // "error.code", "rejected[].line"
  const char* meaning;  // with its unit
};
struct JsonShape {
  const char* name;  // "job"
  const char* of;    // the commands that print it
  absl::Span<const JsonField> fields;
};
absl::Span<const JsonShape> AllJsonShapes();

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_TO_JSON_H_
