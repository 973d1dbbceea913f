#include "core/io/ipfix_session.h"

#include <fixbuf/public.h>

#include <map>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr uint16_t kInternalTemplate = 999;
constexpr uint32_t kCert = 6871;

// An error of libfixbuf, freed with it.
class Error {
 public:
  ~Error() { g_clear_error(&error_); }
  GError** out() { return &error_; }
  bool IsEndOfMessage() const {
    return g_error_matches(error_, FB_ERROR_DOMAIN, FB_ERROR_EOM) ||
           g_error_matches(error_, FB_ERROR_DOMAIN, FB_ERROR_BUFSZ);
  }
  std::string text() const { return error_ == nullptr ? "nothing" : absl::CHexEscape(error_->message); }

 private:
  GError* error_ = nullptr;
};

// libfixbuf warns of gaps in sequence numbers on standard error, once a message.
void BeQuiet() {
  static const auto old =
      g_log_set_default_handler([](const gchar*, GLogLevelFlags, const gchar*, gpointer) {}, nullptr);
  (void)old;
}

void AddCertElements(fbInfoModel_t* model) {
  char initial[] = "initialTCPFlags", all[] = "unionTCPFlags";
  for (auto [name, number] : {std::pair<char*, uint16_t>{initial, 14}, {all, 15}}) {
    fbInfoElement_t element = FB_IE_INIT_FULL(name, kCert, number, 1, FB_IE_F_ENDIAN | FB_IE_F_REVERSIBLE, 0,
                                              0, FB_UINT_8, nullptr);
    fbInfoModelAddElement(model, &element);
  }
}

fbInfoElementSpec_t SpecOf(size_t element) {
  // Whatever its length in the message, libfixbuf makes it so long.
  return {const_cast<char*>(kIpfixElementNames[element]), sizeof(uint64_t), 0};
}

}  // namespace

struct IpfixSession::Rep {
  fbInfoModel_t* model = nullptr;
  fBuf_t* buffer = nullptr;  // owns the session
  fbSession_t* session = nullptr;
  std::string message;      // with one set alone
  size_t records_left = 0;  // as many as the message has bytes
  struct Template {
    bool options = false;
    std::bitset<kNumIpfixElements> present;
  };
  // Those of `domain` that were seen since its templates last changed.
  std::map<uint16_t, Template> templates;
  uint32_t domain = 0;

  const Template& Look(uint16_t id, fbTemplate_t* from) {
    const auto [place, is_new] = templates.try_emplace(id);
    if (!is_new) return place->second;
    place->second.options = fbTemplateGetOptionsScope(from) > 0;
    for (size_t i = 0; i < kNumIpfixElements; ++i) {
      fbInfoElementSpec_t spec = SpecOf(i);
      place->second.present[i] = fbTemplateContainsElementByName(from, &spec) != 0;
    }
    return place->second;
  }
};

absl::StatusOr<std::unique_ptr<IpfixSession>> IpfixSession::Create() {
  BeQuiet();
  std::unique_ptr<IpfixSession> out(new IpfixSession(std::make_unique<Rep>()));
  Rep& rep = *out->rep_;
  rep.model = fbInfoModelAlloc();
  AddCertElements(rep.model);
  rep.session = fbSessionAlloc(rep.model);
  rep.buffer = fBufAllocForCollection(rep.session, nullptr);
  Error error;
  fbTemplate_t* const wanted = fbTemplateAlloc(rep.model);
  for (size_t i = 0; i < kNumIpfixElements; ++i) {
    fbInfoElementSpec_t spec = SpecOf(i);
    if (i == kIpfixSourceAddress6) spec = {const_cast<char*>("paddingOctets"), sizeof(uint64_t), 0};
    if (!fbTemplateAppendSpec(wanted, &spec, 0, error.out())) {
      fbTemplateFreeUnused(wanted);
      return absl::InternalError(StrCat("libfixbuf refuses ", kIpfixElementNames[i], ": ", error.text()));
    }
  }
  if (fbSessionAddTemplate(rep.session, TRUE, kInternalTemplate, wanted, error.out()) == 0 ||
      !fBufSetInternalTemplate(rep.buffer, kInternalTemplate, error.out())) {
    return absl::InternalError(StrCat("libfixbuf refuses the template: ", error.text()));
  }
  fBufSetAutomaticMode(rep.buffer, FALSE);
  return out;
}

IpfixSession::IpfixSession(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}

IpfixSession::~IpfixSession() {
  if (rep_->buffer != nullptr) fBufFree(rep_->buffer);
  if (rep_->model != nullptr) fbInfoModelFree(rep_->model);
}

void IpfixSession::Begin(std::string_view message, const IpfixSet& set) {
  const uint32_t domain = ReadBe32(message, kIpfixDomainAt);
  if (set.id < kIpfixFirstDataSet || domain != rep_->domain) rep_->templates.clear();
  rep_->domain = domain;
  std::string& alone = rep_->message;
  alone = StrCat(message.substr(0, kIpfixHeadBytes), set.bytes);
  alone[2] = static_cast<char>(alone.size() >> 8);
  alone[3] = static_cast<char>(alone.size());
  rep_->records_left = alone.size();
  fBufSetBuffer(rep_->buffer, reinterpret_cast<uint8_t*>(alone.data()), alone.size());
}

absl::StatusOr<bool> IpfixSession::Next(IpfixRecord* record) {
  while (true) {
    Error error;
    uint16_t id = 0;
    fbTemplate_t* const next = fBufNextCollectionTemplate(rep_->buffer, &id, error.out());
    if (next == nullptr) {
      if (error.IsEndOfMessage()) return false;
      return absl::DataLossError(StrCat("libfixbuf says: ", error.text()));
    }
    const Rep::Template& seen = rep_->Look(id, next);
    size_t size = sizeof(record->values);
    // There is a record: an end of the message within it is damage.
    if (!fBufNext(rep_->buffer, reinterpret_cast<uint8_t*>(record->values.data()), &size, error.out())) {
      return absl::DataLossError(StrCat("libfixbuf says: ", error.text()));
    }
    // Of a template whose fields have no length there would be records for ever.
    if (rep_->records_left-- == 0) {
      return absl::DataLossError(StrCat("template ", id, " has no length"));
    }
    if (seen.options) continue;
    record->present = seen.present;
    record->export_s = fBufGetExportTime(rep_->buffer);
    return true;
  }
}

bool IpfixSession::HasTemplate(uint16_t id) const {
  Error error;
  return fbSessionGetTemplate(rep_->session, FALSE, id, error.out()) != nullptr;
}

}  // namespace stanflow
