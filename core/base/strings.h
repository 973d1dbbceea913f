#ifndef STANFLOW_CORE_BASE_STRINGS_H_
#define STANFLOW_CORE_BASE_STRINGS_H_

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace stanflow {

// The distribution builds Abseil for C++14: its absl::string_view is a type of its own, which a
// std::string_view does not convert to. These are the one bridge between the two.
inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

namespace internal {

template <typename T>
decltype(auto) StrCatPiece(const T& piece) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return ToAbsl(piece);
  } else {
    return static_cast<const T&>(piece);
  }
}

}  // namespace internal

// absl::StrCat that takes std::string_view too.
template <typename... Pieces>
std::string StrCat(const Pieces&... pieces) {
  return absl::StrCat(internal::StrCatPiece(pieces)...);
}

template <typename... Pieces>
void StrAppend(std::string* out, const Pieces&... pieces) {
  absl::StrAppend(out, internal::StrCatPiece(pieces)...);
}

}  // namespace stanflow

#endif  // STANFLOW_CORE_BASE_STRINGS_H_
