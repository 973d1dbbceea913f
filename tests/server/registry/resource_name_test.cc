#include "server/registry/resource_name.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Case {
  const char* text;
  uint64_t version;
  const char* alias;
};

TEST(ModelReference, ReadsEveryWayToWriteAVersion) {
  for (const Case& c : {Case{"edge", 0, ""}, Case{"models/edge", 0, ""}, Case{"edge@3", 3, ""},
                        Case{"models/edge@3", 3, ""}, Case{"models/edge/versions/3", 3, ""},
                        Case{"edge@prod", 0, "prod"}, Case{"models/edge@prod", 0, "prod"}}) {
    const auto reference = ParseModelReference("model", c.text);
    ASSERT_TRUE(reference.ok()) << c.text << ": " << reference.status();
    EXPECT_EQ(reference->model, "edge") << c.text;
    EXPECT_EQ(reference->version, c.version) << c.text;
    EXPECT_EQ(reference->alias, c.alias) << c.text;
  }
}

TEST(ModelReference, RefusesWhatIsNoNameAndSaysWhichField) {
  for (const char* text :
       {"", "models/", "Edge", "../edge", "edge@", "edge@0", "edge@3x", "edge@Prod", "models/edge/versions/",
        "models/edge/versions/0", "models/edge/versions/prod", "a/b"}) {
    const auto reference = ParseModelReference("model", text);
    ASSERT_TRUE(absl::IsInvalidArgument(reference.status())) << text;
    EXPECT_THAT(std::string(reference.status().message()), StartsWith("model: ")) << text;
  }
}

TEST(Id, IsASafeFolderName) {
  for (const char* id : {"a", "ugr-16_b", "0day"}) EXPECT_TRUE(ValidateId("dataset", id).ok()) << id;
  const std::string long_id(64, 'a');
  for (const std::string& id : {std::string(), std::string(".."), std::string("a/b"), std::string("A"),
                                std::string("-a"), std::string("a\n"), long_id}) {
    EXPECT_FALSE(ValidateId("dataset", id).ok()) << id;
  }
}

TEST(Id, MayCarryItsCollectionAndMayBeCalledLikeIt) {
  EXPECT_EQ(*ParseId("dataset", "datasets", "datasets/ugr"), "ugr");
  EXPECT_EQ(*ParseId("dataset", "datasets", "ugr"), "ugr");
  EXPECT_EQ(*ParseId("dataset", "datasets", "datasets"), "datasets");
  EXPECT_FALSE(ParseId("dataset", "datasets", "models/ugr").ok());
}

}  // namespace
}  // namespace stanflow
