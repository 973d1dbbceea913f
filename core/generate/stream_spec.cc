#include "core/generate/stream_spec.h"

#include "absl/strings/str_cat.h"

namespace stanflow {
namespace {

// 9999-12-31T23:59:59.999Z, the last instant a protobuf Timestamp can name.
constexpr int64_t kLastMs = 253402300799999;

// Longest prefix whose network holds `hosts` addresses after its first one.
int PrefixFor(uint32_t hosts) {
  int prefix = 32;
  while ((uint64_t{1} << (32 - prefix)) < uint64_t{hosts} + 1) --prefix;
  return prefix;
}

absl::Status ValidateHome(const StreamSpec& spec) {
  if (spec.home.prefix < 0 || spec.home.prefix > 32 || (spec.home.network & ~spec.home.mask()) != 0) {
    return absl::InvalidArgumentError("home: not a network in CIDR form, such as 10.0.0.0/16");
  }
  if (spec.home.size() < uint64_t{spec.hosts} + 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("home: ", spec.home.ToString(), " has ", spec.home.size() - 1,
                     " addresses after its first one, fewer than ", spec.hosts, " hosts; take a /",
                     PrefixFor(spec.hosts), " or larger, or fewer hosts"));
  }
  return absl::OkStatus();
}

absl::Status ValidateExtent(const StreamSpec& spec) {
  if (spec.rows.has_value() && spec.duration_ms.has_value()) {
    return absl::InvalidArgumentError("extent: rows and duration exclude each other; give one or neither");
  }
  if (spec.rows.has_value() && *spec.rows == 0) {
    return absl::InvalidArgumentError("rows: 0; give 1 or more, or leave it out for a stream without end");
  }
  if (spec.duration_ms.has_value() && *spec.duration_ms <= 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "duration: ", *spec.duration_ms, " ms; give 1 ms or more, or leave it out for a stream without end"));
  }
  if (spec.duration_ms.has_value() && *spec.duration_ms > kLastMs - spec.start_ms) {
    return absl::InvalidArgumentError("duration: the stream would end after the year 9999");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateStreamSpec(const StreamSpec& spec) {
  if (spec.hosts < 1 || spec.hosts > kMaxStreamHosts) {
    return absl::InvalidArgumentError(absl::StrCat("hosts: ", spec.hosts, "; give 1 to ", kMaxStreamHosts));
  }
  if (spec.start_ms < 0 || spec.start_ms > kLastMs) {
    return absl::InvalidArgumentError("start: must lie in the years 1970 to 9999");
  }
  const absl::Status home = ValidateHome(spec);
  return home.ok() ? ValidateExtent(spec) : home;
}

}  // namespace stanflow
