#include "core/export/syslog_cef.h"

#include <algorithm>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/flow/address.h"
#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "core/flow/time.h"

namespace stanflow {
namespace {

// 16 (local0) * 8 + 6 (informational).
constexpr std::string_view kPriority = "<134>1 ";

absl::Status CheckHostname(const std::string& name) {
  const bool visible = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (visible && !name.empty() && name.size() <= 255) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat("hostname: '", name, "' is not 1 to 255 visible ASCII characters without spaces"));
}

// What all frames share: everything between the time and the first key.
class CefFrame {
 public:
  explicit CefFrame(const SyslogCefOptions& options)
      : middle_(StrCat(" ", options.hostname, " stanflow - flow - CEF:0|stanflow|stanflow|",
                       EscapeCefHeader(options.version), "|flow|network flow|0|")) {}

  // Values are numbers and text without '=', '\' or line feeds, so that none needs escaping.
  void Append(const Flow& f, std::string* out) const {
    StrAppend(out, kPriority, FormatUtc(f.end_ms), middle_, "start=", StartMs(f), " end=", f.end_ms,
              " src=", FormatIpv4(f.source_address), " dst=", FormatIpv4(f.destination_address),
              " proto=", ProtocolText(f.protocol));
    if (f.protocol == kIcmp) {
      StrAppend(out, " cn3=", f.destination_port, " cn3Label=icmpTypeCode");
    } else {
      StrAppend(out, " spt=", f.source_port, " dpt=", f.destination_port);
    }
    StrAppend(out, " in=", f.bytes, " cn1=", f.packets, " cn1Label=packets cn2=", int{f.tos},
              " cn2Label=ipClassOfService cs1=", FormatTcpFlags(f.tcp_flags), " cs1Label=tcpControlBits");
  }

 private:
  const std::string middle_;
};

class SyslogCefEncoder final : public DatagramEncoder {
 public:
  explicit SyslogCefEncoder(const SyslogCefOptions& options) : frame_(options) {}

  absl::Status Add(const FlowTable& flows, size_t begin, size_t end, DatagramBatch* out) override {
    for (size_t i = begin; i < end; ++i) {
      frame_.Append(flows.Row(i), out->bytes());
      out->EndDatagram(1);
    }
    counts_.flows += end - begin;
    counts_.datagrams += end - begin;
    return absl::OkStatus();
  }
  absl::Status Flush(DatagramBatch* out) override { return absl::OkStatus(); }
  size_t pending() const override { return 0; }
  uint32_t next_sequence() const override { return 0; }
  EncoderCounts counts() const override { return counts_; }

 private:
  const CefFrame frame_;
  EncoderCounts counts_;
};

class SyslogCefWriter final : public FlowWriter {
 public:
  explicit SyslogCefWriter(const SyslogCefOptions& options) : frame_(options) {}
  void AppendHeader(std::string* out) const override {}
  void AppendRows(const FlowTable& flows, size_t begin, size_t end, std::string* out) override {
    for (size_t i = begin; i < end; ++i) {
      frame_.Append(flows.Row(i), out);
      out->push_back('\n');
    }
  }

 private:
  const CefFrame frame_;
};

}  // namespace

std::string EscapeCefHeader(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '|') escaped.push_back('\\');
    escaped.push_back(c == '\n' || c == '\r' ? ' ' : c);
  }
  return escaped;
}

absl::StatusOr<std::unique_ptr<DatagramEncoder>> NewSyslogCefEncoder(const SyslogCefOptions& options) {
  STANFLOW_RETURN_IF_ERROR(CheckHostname(options.hostname));
  return std::make_unique<SyslogCefEncoder>(options);
}

absl::StatusOr<std::unique_ptr<FlowWriter>> NewSyslogCefWriter(const SyslogCefOptions& options) {
  STANFLOW_RETURN_IF_ERROR(CheckHostname(options.hostname));
  return std::make_unique<SyslogCefWriter>(options);
}

}  // namespace stanflow
