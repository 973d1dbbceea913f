#include "core/base/strings.h"

#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(Strings, JoinPiecesOfEveryKind) {
  const std::string_view view = "view";
  const std::string string = "string";
  EXPECT_EQ(StrCat(view, " ", string, " ", 42, " ", 1.5), "view string 42 1.5");
  std::string out = "a";
  StrAppend(&out, view, uint64_t{18446744073709551615u});
  EXPECT_EQ(out, "aview18446744073709551615");
}

TEST(Strings, CrossTheBridgeBothWaysWithoutLosingNulBytes) {
  const std::string_view text("a\0b", 3);
  EXPECT_EQ(ToStd(ToAbsl(text)), text);
}

}  // namespace
}  // namespace stanflow
