#include "core/kinds/model_kind.h"
#include "tests/integration/resampler_kind.h"

namespace stanflow {

absl::Span<const ModelKind* const> AllModelKinds() {
  static const ModelKind* const kKinds[] = {
      &kB1Kind,
      &kResamplerKind,
  };
  return kKinds;
}

}  // namespace stanflow
