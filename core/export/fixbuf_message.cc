#include "core/export/fixbuf_message.h"

#include <fixbuf/public.h>

#include <cstddef>

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/datagram_encoder.h"
#include "core/flow/protocol.h"

namespace stanflow {
namespace {

// What libfixbuf reads a flow from; kElements tells it the layout.
struct Record {
  uint64_t start_ms, end_ms, bytes, packets;
  uint32_t source_address, destination_address;
  uint16_t source_port, destination_port, icmp_type_code;
  uint8_t protocol, tos, tcp_flags;
};
constexpr size_t kRecordBytes = offsetof(Record, tcp_flags) + 1;
static_assert(kRecordBytes == 49, "the members must follow each other without gaps, as kElements says");

constexpr uint16_t kPortsTemplate = 256, kIcmpTemplate = 257;
constexpr uint32_t kIcmpOnly = 1;  // a flag of ours: elements that only kIcmpTemplate has

struct Element {
  const char* name;
  uint16_t octets;
  uint32_t flags;
};
constexpr Element kElements[] = {
    {"flowStartMilliseconds", 8, 0},
    {"flowEndMilliseconds", 8, 0},
    {"octetDeltaCount", 8, 0},
    {"packetDeltaCount", 8, 0},
    {"sourceIPv4Address", 4, 0},
    {"destinationIPv4Address", 4, 0},
    {"sourceTransportPort", 2, 0},
    {"destinationTransportPort", 2, 0},
    {"icmpTypeCodeIPv4", 2, kIcmpOnly},
    {"protocolIdentifier", 1, 0},
    {"ipClassOfService", 1, 0},
    {"tcpControlBits", 1, 0},  // RFC 7125 allows one octet for the lower eight flags: flows have no others
};

Record ToRecord(const Flow& flow) {
  Record record = {};
  record.start_ms = static_cast<uint64_t>(StartMs(flow));
  record.end_ms = static_cast<uint64_t>(flow.end_ms);
  record.bytes = flow.bytes;
  record.packets = flow.packets;
  record.source_address = flow.source_address;
  record.destination_address = flow.destination_address;
  record.source_port = ExportedSourcePort(flow);
  record.destination_port = flow.destination_port;
  record.icmp_type_code = flow.destination_port;
  record.protocol = flow.protocol;
  record.tos = flow.tos;
  record.tcp_flags = flow.tcp_flags;
  return record;
}

// Where libfixbuf says what went wrong. It must be given one in every call.
class Error {
 public:
  ~Error() { g_clear_error(&error_); }
  GError** out() { return &error_; }
  bool message_is_full() const { return g_error_matches(error_, FB_ERROR_DOMAIN, FB_ERROR_EOM); }
  absl::Status ToStatus(std::string_view what) const {
    return absl::InternalError(
        StrCat("libfixbuf: ", what, ": ", error_ != nullptr ? error_->message : "no reason given"));
  }

 private:
  GError* error_ = nullptr;
};

}  // namespace

struct FixbufMessage::Library {
  ~Library() {
    if (buffer != nullptr) {
      fBufFree(buffer);  // and with it the session, the exporter and the templates
    } else if (session != nullptr) {
      fbSessionFree(session);
    }
    if (model != nullptr) fbInfoModelFree(model);
  }

  absl::Status AddTemplate(uint16_t id, uint32_t flags, bool internal_too) {
    Error error;
    fbTemplate_t* const made = fbTemplateAlloc(model);
    for (const Element& element : kElements) {
      // The name's type lacks a const in libfixbuf 2; it is not written to.
      fbInfoElementSpec_t spec = {const_cast<char*>(element.name), element.octets, element.flags};
      if (!fbTemplateAppendSpec(made, &spec, flags, error.out())) {
        fbTemplateFreeUnused(made);
        return error.ToStatus(StrCat("element ", element.name));
      }
    }
    if (fbSessionAddTemplate(session, FALSE, id, made, error.out()) == 0 ||
        (internal_too && fbSessionAddTemplate(session, TRUE, id, made, error.out()) == 0)) {
      fbTemplateFreeUnused(made);
      return error.ToStatus(StrCat("template ", id));
    }
    return absl::OkStatus();
  }

  fbInfoModel_t* model = nullptr;
  fbSession_t* session = nullptr;
  fbExporter_t* exporter = nullptr;
  fBuf_t* buffer = nullptr;
};

FixbufMessage::FixbufMessage(size_t max_octets)
    : memory_(max_octets, '\0'), library_(std::make_unique<Library>()) {}

FixbufMessage::~FixbufMessage() = default;

absl::StatusOr<std::unique_ptr<FixbufMessage>> FixbufMessage::New(uint32_t observation_domain,
                                                                  size_t max_octets) {
  std::unique_ptr<FixbufMessage> message(new FixbufMessage(max_octets));
  STANFLOW_RETURN_IF_ERROR(message->Open(observation_domain));
  return message;
}

absl::Status FixbufMessage::Open(uint32_t observation_domain) {
  library_->model = fbInfoModelAlloc();
  library_->session = fbSessionAlloc(library_->model);
  // Before the templates: they belong to a domain.
  fbSessionSetDomain(library_->session, observation_domain);
  STANFLOW_RETURN_IF_ERROR(library_->AddTemplate(kPortsTemplate, 0, false));
  // It has every element: records are read from memory by it, whatever template they are sent with.
  STANFLOW_RETURN_IF_ERROR(library_->AddTemplate(kIcmpTemplate, kIcmpOnly, true));
  library_->exporter = fbExporterAllocBuffer(reinterpret_cast<uint8_t*>(memory_.data()),
                                             static_cast<uint16_t>(memory_.size()));
  library_->buffer = fBufAllocForExport(library_->session, library_->exporter);
  // A full message is said and not sent.
  fBufSetAutomaticMode(library_->buffer, FALSE);
  Error error;
  if (!fBufSetInternalTemplate(library_->buffer, kIcmpTemplate, error.out())) {
    return error.ToStatus("internal template");
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> FixbufMessage::Append(const Flow& flow) {
  Error error;
  const uint16_t id = flow.protocol == kIcmp ? kIcmpTemplate : kPortsTemplate;
  if (!fBufSetExportTemplate(library_->buffer, id, error.out())) return error.ToStatus("template");
  Record record = ToRecord(flow);
  auto* const octets = reinterpret_cast<uint8_t*>(&record);
  if (fBufAppend(library_->buffer, octets, kRecordBytes, error.out())) return true;
  if (error.message_is_full()) return false;
  return error.ToStatus("append");
}

absl::StatusOr<std::string_view> FixbufMessage::Take() {
  Error error;
  if (!fBufEmit(library_->buffer, error.out())) return error.ToStatus("emit");
  return std::string_view(memory_).substr(0, fbExporterGetMsgLen(library_->exporter));
}

absl::StatusOr<std::string_view> FixbufMessage::TakeTemplates() {
  // By itself the library goes from flows to templates only in automatic mode; otherwise its first answer is
  // that the message, which it has not begun, is full. No message is lost: there is none.
  fBufSetAutomaticMode(library_->buffer, TRUE);
  Error error;
  for (const uint16_t id : {kPortsTemplate, kIcmpTemplate}) {
    if (!fbSessionExportTemplate(library_->session, id, error.out())) return error.ToStatus("templates");
  }
  fBufSetAutomaticMode(library_->buffer, FALSE);
  return Take();
}

}  // namespace stanflow
