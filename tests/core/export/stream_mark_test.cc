#include "core/export/stream_mark.h"

#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(StreamMark, IsReadBackFromItsLineWhateverTheTokenHolds) {
  StreamMark mark;
  mark.rows = uint64_t{1} << 60;
  mark.token = std::string("a\"b\0c\n\xff", 7);
  mark.token_rows = (uint64_t{1} << 60) - 1;
  const std::string line = FormatStreamMark(mark);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto read = ParseStreamMark(line);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(*read == mark);
}

TEST(StreamMark, IsWrittenInTheDocumentedForm) {
  EXPECT_EQ(FormatStreamMark({7, "abc", 5}), R"({"rows":7,"token":"YWJj","token_rows":5})");
  EXPECT_TRUE(ParseStreamMark(R"({"rows":0,"token":"","token_rows":0})").value() == StreamMark());
}

TEST(StreamMark, EveryPartIsCompared) {
  const StreamMark mark = {7, "abc", 5};
  EXPECT_FALSE(mark == (StreamMark{8, "abc", 5}));
  EXPECT_FALSE(mark == (StreamMark{7, "abd", 5}));
  EXPECT_FALSE(mark == (StreamMark{7, "abc", 4}));
}

TEST(StreamMark, WhatIsNoneIsLostData) {
  for (const char* text :
       {"", "x", "[]", "{}", R"({"rows":1,"token":""})", R"({"rows":"1","token":"","token_rows":0})",
        R"({"rows":-1,"token":"","token_rows":0})", R"({"rows":1.5,"token":"","token_rows":0})",
        R"({"rows":1,"token":"!","token_rows":0})", R"({"rows":1,"token":"","token_rows":2})"}) {
    EXPECT_EQ(ParseStreamMark(text).status().code(), absl::StatusCode::kDataLoss) << text;
  }
}

}  // namespace
}  // namespace stanflow
