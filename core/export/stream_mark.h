#ifndef STANFLOW_CORE_EXPORT_STREAM_MARK_H_
#define STANFLOW_CORE_EXPORT_STREAM_MARK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace stanflow {

// A place in a stream of flows, between two of them, from which another process can go on: it asks for what
// follows `token` and passes over the first `rows - token_rows` flows. A plain value.
struct StreamMark {
  uint64_t rows = 0;        // flows before the place
  std::string token;        // resume token of a chunk that ends there or before; empty: the beginning
  uint64_t token_rows = 0;  // flows before that chunk's end; at most `rows`
};

bool operator==(const StreamMark& a, const StreamMark& b);

// One line of JSON: {"rows":N,"token":"BASE64","token_rows":N}.
std::string FormatStreamMark(const StreamMark& mark);
// DATA_LOSS if the text is none.
absl::StatusOr<StreamMark> ParseStreamMark(std::string_view text);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_STREAM_MARK_H_
