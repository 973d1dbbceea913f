#include "core/generate/baselines/b2_structure.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

std::string Refusal(const std::string& text) {
  const absl::Status status = ParseB2Structure(text).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << text;
  return std::string(status.message());
}

TEST(B2Structure, ReadsThePapersOne) {
  const auto nodes = ParseB2Structure("bytes|previous.bytes,hour");
  ASSERT_TRUE(nodes.ok()) << nodes.status();
  ASSERT_EQ(nodes->size(), 1);
  EXPECT_EQ(nodes->front().child, Attribute::kBytes);
  ASSERT_EQ(nodes->front().parents.size(), 2);
  EXPECT_EQ(ToText(nodes->front().parents[0]), "previous.bytes");
  EXPECT_EQ(ToText(nodes->front().parents[1]), "hour");
}

TEST(B2Structure, AnswersChildrenInDrawingOrder) {
  const auto nodes =
      ParseB2Structure("bytes|packets;protocol|previous.protocol;packets|protocol,remote_port");
  ASSERT_TRUE(nodes.ok()) << nodes.status();
  EXPECT_EQ((*nodes)[0].child, Attribute::kProtocol);
  EXPECT_EQ((*nodes)[1].child, Attribute::kPackets);
  EXPECT_EQ((*nodes)[2].child, Attribute::kBytes);
}

TEST(B2Structure, SaysWhichWordIsWrong) {
  EXPECT_THAT(Refusal(""), HasSubstr("CHILD|PARENT"));
  EXPECT_THAT(Refusal("bytes"), HasSubstr("CHILD|PARENT"));
  EXPECT_THAT(Refusal("bytes|hour|hour"), HasSubstr("CHILD|PARENT"));
  EXPECT_THAT(Refusal("bytes|"), HasSubstr("'' is no attribute"));
  EXPECT_THAT(Refusal("byte|hour"), HasSubstr("'byte' is no attribute"));
  EXPECT_THAT(Refusal("bytes|previous.size"), HasSubstr("'size' is no attribute"));
  EXPECT_THAT(Refusal("remote_address|hour"), HasSubstr("too many values"));
  EXPECT_THAT(Refusal("bytes|previous.remote_address"), HasSubstr("too many values"));
  EXPECT_THAT(Refusal("bytes|hour;bytes|packets"), HasSubstr("bytes is twice a child"));
  EXPECT_THAT(Refusal("bytes|hour,hour"), HasSubstr("hour is twice a parent"));
}

TEST(B2Structure, KnowsNoParentThatIsDrawnLater) {
  EXPECT_THAT(Refusal("packets|bytes"), HasSubstr("'previous.bytes' would do"));
  EXPECT_THAT(Refusal("bytes|bytes"), HasSubstr("not drawn before"));
  EXPECT_TRUE(ParseB2Structure("packets|previous.bytes").ok());
}

}  // namespace
}  // namespace stanflow
