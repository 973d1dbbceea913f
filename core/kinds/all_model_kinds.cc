#include "core/kinds/model_kind.h"

namespace stanflow {

absl::Span<const ModelKind* const> AllModelKinds() {
  static const ModelKind* const kKinds[] = {
#ifdef STANFLOW_WITH_TORCH
      &kCausalKind, &kPaperKind,
#endif
      &kB1Kind,     &kB2Kind,
#ifdef STANFLOW_WITH_TORCH
      &kWpGanKind,  &kCtganKind,
#endif
      &kReplayKind,
  };
  return kKinds;
}

}  // namespace stanflow
