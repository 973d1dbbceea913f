#include "core/io/ipfix.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/ipfix_messages.h"
#include "core/io/ipfix_session.h"

namespace stanflow {
namespace {

constexpr size_t kBatchRows = 8192;

class IpfixReader final : public FlowReader {
 public:
  IpfixReader(ReaderInput input, std::unique_ptr<IpfixSession> session)
      : messages_(std::move(input.source)), biflow_(input.options.biflow), session_(std::move(session)) {}

  absl::StatusOr<bool> Next(FlowBatch* batch) override {
    batch->Clear();
    while (batch->flows.size() + batch->rejected.size() < kBatchRows) {
      STANFLOW_ASSIGN_OR_RETURN(const std::string_view message, messages_.Next());
      if (message.empty()) break;
      const absl::Status taken = Take(message, batch);
      if (!taken.ok()) {
        return absl::DataLossError(
            StrCat("message ", messages_.number(), " is damaged: ", ToStd(taken.message())));
      }
    }
    return batch->flows.size() + batch->rejected.size() > 0;
  }

  double fraction() const override { return messages_.fraction(); }
  std::string_view format() const override { return kIpfixFormat; }

 private:
  absl::Status Take(std::string_view message, FlowBatch* batch) {
    STANFLOW_ASSIGN_OR_RETURN(const std::vector<IpfixSet> sets, SplitIpfixMessage(message));
    // One at a time: a template holds from its place in the message on, not before.
    for (const IpfixSet& set : sets) STANFLOW_RETURN_IF_ERROR(TakeSet(message, set, batch));
    return absl::OkStatus();
  }

  absl::Status TakeSet(std::string_view message, const IpfixSet& set, FlowBatch* batch) {
    session_->Begin(message, set);
    while (true) {
      STANFLOW_ASSIGN_OR_RETURN(const bool more, session_->Next(&record_));
      if (!more) break;
      ++number_;
      BiflowRecord flow;
      if (!ParseIpfixRecord(record_, &flow, &reason_) ||
          !AppendBiflow(flow, biflow_, number_, batch, &reason_)) {
        batch->rejected.push_back({number_, reason_});
      }
    }
    if (set.id < kIpfixFirstDataSet || session_->HasTemplate(set.id)) return absl::OkStatus();
    batch->rejected.push_back({++number_, StrCat("is a set of records of template ", set.id,
                                                 ", which is not in the file before it")});
    return absl::OkStatus();
  }

  IpfixMessages messages_;
  const Biflow biflow_;
  const std::unique_ptr<IpfixSession> session_;
  uint64_t number_ = 0;  // of the last record
  IpfixRecord record_;
  std::string reason_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenIpfix(ReaderInput input) {
  STANFLOW_ASSIGN_OR_RETURN(std::unique_ptr<IpfixSession> session, IpfixSession::Create());
  return std::make_unique<IpfixReader>(std::move(input), std::move(session));
}

absl::Status ProbeIpfix(std::string_view start) {
  if (start.size() < kIpfixHeadBytes) return absl::InvalidArgumentError("is shorter than a message's head");
  STANFLOW_RETURN_IF_ERROR(CheckIpfixHead(start));
  const std::string_view message = start.substr(0, ReadBe16(start, 2));
  // A block may end within the first message.
  return message.size() == ReadBe16(start, 2) ? SplitIpfixMessage(message).status() : absl::OkStatus();
}

}  // namespace stanflow
