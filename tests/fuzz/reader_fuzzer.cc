// Every reader that parses in this process against any bytes. The first byte chooses format and biflow, the
// rest is the file. What is read must keep the promises of FlowBatch, and no other damage may show.
//
// Built by clang alone, with libFuzzer and sanitizers: `make fuzz`.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/io/all_formats.h"
#include "tests/fuzz/fuzz_formats.h"

namespace stanflow {
namespace {

// Bytes in memory, in blocks so small that rows cross their borders.
class Memory final : public Decompressor {
 public:
  explicit Memory(std::string_view bytes) : left_(bytes) {}
  absl::StatusOr<std::string_view> Next() override {
    const std::string_view block = left_.substr(0, kBlock);
    left_.remove_prefix(block.size());
    read_ += block.size();
    return block;
  }
  uint64_t compressed_bytes() const override { return read_; }
  std::string name() const override { return "none"; }

 private:
  static constexpr size_t kBlock = 61;
  std::string_view left_;
  uint64_t read_ = 0;
};

constexpr char kSchema[] = R"({"columns": {
    "end": {"name": "end", "unit": "iso8601"}, "start": {"name": "start", "unit": "ms"},
    "source_address": {"name": "from"}, "destination_address": {"name": "to"}, "protocol": {"name": "proto"},
    "destination_port": {"name": "port"}, "tcp_flags": {"name": "flags"}, "packets": {"name": "packets"},
    "bytes": {"name": "bytes"}, "reverse_packets": {"name": "more"}, "reverse_bytes": {"name": "most"}}})";

void Require(bool kept, const char* promise) {
  if (kept) return;
  std::cerr << "broken promise: " << promise << "\n";
  std::abort();
}

bool Printable(const std::string& text) {
  for (const char c : text) {
    if (c < ' ' || c > '~') return false;
  }
  return !text.empty();
}

void Check(const FlowBatch& batch, uint64_t* line) {
  const size_t rows = batch.flows.size();
  Require(batch.lines.size() == rows, "a line for each flow");
  uint64_t last = *line;
  for (size_t i = 0; i < rows; ++i) {
    Require(batch.lines[i] >= last && batch.lines[i] > 0, "lines in order");
    last = batch.lines[i];
    Require(batch.flows.packets[i] >= kMinFlowCount && batch.flows.packets[i] <= kMaxFlowCount, "packets");
    Require(batch.flows.bytes[i] >= kMinFlowCount && batch.flows.bytes[i] <= kMaxFlowCount, "bytes");
    Require(batch.flows.end_ms[i] >= 0 && batch.flows.end_ms[i] <= 253'402'300'799'999, "end");
  }
  uint64_t rejected = *line;
  for (const RejectedRow& row : batch.rejected) {
    Require(row.line > rejected, "rejected lines in order");
    rejected = row.line;
    Require(Printable(row.reason) && row.reason.size() < 1000, "reasons that travel");
  }
  *line = std::max(last, rejected);
}

void ReadAll(const ReaderFormat& format, Biflow biflow, std::string_view bytes) {
  ReaderInput input;
  input.source = ByteSource::Over(std::make_unique<Memory>(bytes)).value();
  input.options.biflow = biflow;
  if (format.name == "generic-csv") input.options.schema = kSchema;
  auto reader = format.open(std::move(input));
  Require(reader.ok(), "a reader opens whatever the bytes");
  FlowBatch batch;
  uint64_t line = 0;
  while (true) {
    const auto more = (*reader)->Next(&batch);
    if (!more.ok()) {
      Require(format.read_as == ReadAs::kBytes && absl::IsDataLoss(more.status()), "no other error");
      return;
    }
    Check(batch, &line);
    Require((*reader)->fraction() >= 0 && (*reader)->fraction() <= 1, "a fraction");
    if (!*more) return;
  }
}

const ReaderFormat* Find(std::string_view name) {
  for (const ReaderFormat& format : AllReaders()) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

// As many formats as there are to fuzz, each of which exists.
bool ListIsComplete() {
  size_t in_process = 0;
  for (const ReaderFormat& format : AllReaders()) in_process += format.read_as != ReadAs::kFile;
  size_t found = 0;
  for (const char* name : kFuzzFormats) found += Find(name) != nullptr;
  return found == in_process && found == std::size(kFuzzFormats);
}

}  // namespace
}  // namespace stanflow

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stanflow;  // NOLINT(google-build-using-namespace)
  static const bool complete = ListIsComplete();
  Require(complete, "a byte for each reader");
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const ReaderFormat& format = *Find(kFuzzFormats[data[0] % kKeepBit % std::size(kFuzzFormats)]);
  format.probe(bytes).IgnoreError();
  ReadAll(format, data[0] >= kKeepBit ? Biflow::kKeep : Biflow::kSplit, bytes);
  return 0;
}
