#ifndef STANFLOW_CORE_GENERATE_BASELINES_B2_STRUCTURE_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B2_STRUCTURE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/flow/attribute.h"

namespace stanflow {

// What an attribute's distribution depends on.
struct B2Parent {
  enum class Of {
    kHour,      // the clock's hour of the day, 0 to 23, UTC
    kPrevious,  // `attribute` of the host's previous row
    kSameRow    // `attribute` of the row itself, drawn before the child
  };
  Of of = Of::kHour;
  Attribute attribute = Attribute::kTimeDelta;  // of no meaning for kHour
};

struct B2Node {
  Attribute child = Attribute::kBytes;
  std::vector<B2Parent> parents;  // one at least
};

// What an expert knows, as text: "bytes|previous.bytes,hour", several children with ";" between
// them; answered in the children's drawing order. INVALID_ARGUMENT says which word is wrong: a name that is
// no attribute, remote_address (too many values to count), a child or parent twice, a parent in the same row
// that is drawn after its child.
absl::StatusOr<std::vector<B2Node>> ParseB2Structure(const std::string& text);

// "hour", "previous.bytes", "packets".
std::string ToText(const B2Parent& parent);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B2_STRUCTURE_H_
