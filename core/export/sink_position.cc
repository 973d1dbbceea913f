#include "core/export/sink_position.h"

#include <utility>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

std::string PathIn(const SinkOptions& options) { return StrCat(options.state_dir, "/position.json"); }

struct Stored {
  std::string stream_id, sink;
  SinkPosition position;
};

absl::StatusOr<Stored> Parse(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  Stored stored;
  try {
    stored.stream_id = json.at("stream_id");
    stored.sink = json.at("sink");
    stored.position.numbers = json.at("numbers").get<std::vector<uint64_t>>();
    STANFLOW_ASSIGN_OR_RETURN(stored.position.mark, ParseStreamMark(json.at("mark").dump()));
    return stored;
  } catch (const nlohmann::json::exception& error) {
    return absl::DataLossError(error.what());
  }
}

}  // namespace

absl::StatusOr<std::optional<SinkPosition>> ReadSinkPosition(const SinkOptions& options,
                                                             std::string_view sink, size_t numbers) {
  const std::string path = PathIn(options);
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return std::optional<SinkPosition>();
  if (!text.ok()) return text.status();
  absl::StatusOr<Stored> stored = Parse(*text);
  if (!stored.ok()) {
    return absl::DataLossError(
        StrCat(path, " is damaged: ", ToStd(stored.status().message()), "; start the stream anew"));
  }
  if (stored->stream_id != options.stream_id || stored->sink != sink ||
      stored->position.numbers.size() != numbers) {
    return absl::FailedPreconditionError(StrCat(
        path, " is of stream '", stored->stream_id, "' to ", stored->sink, " (",
        stored->position.numbers.size(), " numbers), not of '", options.stream_id, "' to ", sink, " (",
        numbers,
        " numbers); go on with what the stream was started with, or give the new one a folder of its own"));
  }
  return std::optional<SinkPosition>(std::move(stored->position));
}

absl::Status WriteSinkPosition(const SinkOptions& options, std::string_view sink,
                               const SinkPosition& position) {
  const nlohmann::json json = {{"stream_id", options.stream_id},
                               {"sink", sink},
                               {"numbers", position.numbers},
                               {"mark", nlohmann::json::parse(FormatStreamMark(position.mark))}};
  constexpr auto kReplace = nlohmann::json::error_handler_t::replace;  // instead of an exception
  return WriteFileDurably(PathIn(options), json.dump(-1, ' ', false, kReplace) + "\n");
}

absl::Status RemoveSinkPosition(const SinkOptions& options) { return RemoveAll(PathIn(options)); }

}  // namespace stanflow
