#include <utility>
#include <vector>

#include "core/base/strings.h"
#include "core/io/biflow.h"
#include "core/io/line_flow_reader.h"
#include "core/io/zeek_conn.h"
#include "core/io/zeek_record.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

using nlohmann::json;

// Takes the wanted keys of one JSON object, numbers as they are written: a time's decimals would not all
// survive a double.
class ObjectCells final : public nlohmann::json_sax<json> {
 public:
  ObjectCells() : texts_(ZeekColumns().size()), found_(ZeekColumns().size()) {}

  // The cells of ZeekColumns(), valid until the next call. False, with the reason, if `line` is no object
  // that has the required ones.
  bool Read(std::string_view line, std::vector<Cell>* row, std::string* reason) {
    found_.assign(found_.size(), false);
    depth_ = 0;
    is_object_ = false;
    if (!json::sax_parse(line.data(), line.data() + line.size(), this)) {
      *reason = StrCat("is not JSON from byte ", error_at_, " on");
      return false;
    }
    if (!is_object_) {
      *reason = "is not a JSON object";
      return false;
    }
    row->clear();
    for (size_t i = 0; i < found_.size(); ++i) {
      const NamedColumn& column = ZeekColumns()[i];
      if (!found_[i] && column.required) {
        *reason = StrCat("has no value '", column.names[0], "', which conn.log has");
        return false;
      }
      row->push_back(
          {column.names[0], found_[i] ? std::string_view(texts_[i]) : std::string_view(), found_[i]});
    }
    return true;
  }

  bool null() override { return true; }
  bool boolean(bool value) override { return Take(value ? "T" : "F"); }
  bool number_integer(number_integer_t value) override { return Take(StrCat(value)); }
  bool number_unsigned(number_unsigned_t value) override { return Take(StrCat(value)); }
  bool number_float(number_float_t, const string_t& text) override { return Take(text); }
  bool string(string_t& text) override { return Take(text); }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override {
    is_object_ = is_object_ || depth_ == 0;
    ++depth_;
    return true;
  }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array(size_t) override {
    ++depth_;
    return true;
  }
  bool end_array() override { return --depth_ >= 0; }
  bool key(string_t& name) override {
    if (depth_ != 1) return true;
    for (wanted_ = 0; wanted_ < found_.size() && ZeekColumns()[wanted_].names[0] != name; ++wanted_) {
    }
    return true;
  }
  bool parse_error(size_t position, const std::string&, const json::exception&) override {
    error_at_ = position;
    return false;
  }

 private:
  bool Take(std::string_view text) {
    if (depth_ == 1 && is_object_ && wanted_ < found_.size()) {
      texts_[wanted_] = std::string(text);
      found_[wanted_] = true;
    }
    return true;
  }

  std::vector<std::string> texts_;
  std::vector<bool> found_;
  size_t wanted_ = 0;  // column of the key that was last; behind the last one: not wanted
  int depth_ = 0;
  bool is_object_ = false;
  size_t error_at_ = 0;
};

class ZeekJsonReader final : public LineFlowReader {
 public:
  explicit ZeekJsonReader(ReaderInput input)
      : LineFlowReader(kZeekJsonFormat, std::move(input.source)), biflow_(input.options.biflow) {}

 private:
  void Take(const LineReader::Line& line, FlowBatch* batch) override {
    BiflowRecord record;
    if (!cells_.Read(line.text, &row_, &reason_) || !ParseZeekRow(row_, &record, &reason_) ||
        !AppendBiflow(record, biflow_, line.number, batch, &reason_)) {
      batch->rejected.push_back({line.number, reason_});
    }
  }

  const Biflow biflow_;
  ObjectCells cells_;
  std::vector<Cell> row_;
  std::string reason_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenZeekJson(ReaderInput input) {
  return std::make_unique<ZeekJsonReader>(std::move(input));
}

absl::Status ProbeZeekJson(std::string_view start) {
  ObjectCells cells;
  std::vector<Cell> row;
  return ProbeLines(
      start, [&](std::string_view line, std::string* reason) { return cells.Read(line, &row, reason); });
}

}  // namespace stanflow
