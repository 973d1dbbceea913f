#ifndef STANFLOW_CORE_IO_FIXBUF_ERROR_H_
#define STANFLOW_CORE_IO_FIXBUF_ERROR_H_

#include <fixbuf/public.h>

#include <string>

#include "absl/strings/escaping.h"

namespace stanflow {

// Where libfixbuf says what went wrong: it must be given one in every call. Not safe for concurrent use.
class FixbufError {
 public:
  FixbufError() = default;
  FixbufError(const FixbufError&) = delete;
  FixbufError& operator=(const FixbufError&) = delete;
  ~FixbufError() { g_clear_error(&error_); }

  GError** out() { return &error_; }
  // FB_ERROR_...
  bool Is(int code) const { return g_error_matches(error_, FB_ERROR_DOMAIN, code); }
  // Printable ASCII, whatever it quotes.
  std::string text() const { return error_ == nullptr ? "nothing" : absl::CHexEscape(error_->message); }

 private:
  GError* error_ = nullptr;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_FIXBUF_ERROR_H_
