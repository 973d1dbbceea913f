#include "server/registry/model_store.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/registry/registry_testing.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ModelStoreTest : public ::testing::Test {
 protected:
  uint64_t Publish(const std::string& model, const std::string& job) {
    const auto id = store_.Publish(MakeBundle(dir_.path() + "/bundle-" + job), model, job);
    EXPECT_TRUE(id.ok()) << id.status();
    return id.ok() ? id->version : 0;
  }
  uint64_t Resolve(const std::string& name) {
    const auto id = store_.Resolve("model", name);
    return id.ok() ? id->version : 0;
  }
  std::string Error(const std::string& name) {
    return std::string(store_.Resolve("model", name).status().message());
  }

  TempDir dir_;
  ManualClock clock_;
  ModelStore store_{dir_.path(), &clock_};
};

TEST_F(ModelStoreTest, CountsVersionsUpAndResolvesTheNewest) {
  EXPECT_EQ(Publish("edge", "j1"), 1u);
  EXPECT_EQ(Publish("edge", "j2"), 2u);
  EXPECT_EQ(Publish("core", "j3"), 1u);
  EXPECT_EQ(Resolve("edge"), 2u);
  EXPECT_EQ(Resolve("edge@1"), 1u);
  EXPECT_EQ(Resolve("models/core/versions/1"), 1u);
}

TEST_F(ModelStoreTest, PublishesOnceForAJobEvenIfTheBundleIsGoneAlready) {
  EXPECT_EQ(Publish("edge", "j1"), 1u);
  const auto again = store_.Publish(dir_.path() + "/bundle-j1", "edge", "j1");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->version, 1u);
  EXPECT_EQ(store_.List()->size(), 1u);
}

TEST_F(ModelStoreTest, SaysWhatThereIsWhereSomethingIsNot) {
  EXPECT_THAT(Error("edge"), HasSubstr("no model has been trained"));
  Publish("edge", "j1");
  Publish("edge", "j2");
  ASSERT_TRUE(store_.SetAlias("edge", "prod", 1).ok());
  EXPECT_THAT(Error("core"), HasSubstr("there are: edge"));
  EXPECT_THAT(Error("edge@7"), HasSubstr("it has: 1, 2"));
  EXPECT_THAT(Error("edge@beta"), HasSubstr("aliases: prod; versions: 1, 2"));
  EXPECT_TRUE(absl::IsNotFound(store_.Resolve("model", "edge@beta").status()));
}

TEST_F(ModelStoreTest, KeepsTheHistoryOfAnAlias) {
  Publish("edge", "j1");
  Publish("edge", "j2");
  ASSERT_TRUE(store_.SetAlias("edge", "prod", 1).ok());
  ASSERT_TRUE(store_.SetAlias("edge", "prod", 2).ok());
  const auto same = store_.SetAlias("edge", "prod", 2);
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->size(), 2u) << "pointing it where it points changes nothing";
  EXPECT_EQ(Resolve("edge@prod"), 2u);
  const auto removed = store_.SetAlias("edge", "prod", 0);
  ASSERT_TRUE(removed.ok());
  std::vector<uint64_t> versions;
  for (const AliasChange& change : *removed) versions.push_back(change.version);
  EXPECT_THAT(versions, ElementsAre(1u, 2u, 0u));
  EXPECT_EQ(Resolve("edge@prod"), 0u);
}

TEST_F(ModelStoreTest, RefusesAnAliasOfAVersionThatIsNotThere) {
  Publish("edge", "j1");
  EXPECT_TRUE(absl::IsNotFound(store_.SetAlias("edge", "prod", 9).status()));
  EXPECT_TRUE(absl::IsNotFound(store_.SetAlias("edge", "prod", 0).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(store_.SetAlias("edge", "3", 1).status()));
}

TEST_F(ModelStoreTest, DeletesOnlyWithoutAnAliasAndNeverGivesANumberTwice) {
  Publish("edge", "j1");
  Publish("edge", "j2");
  ASSERT_TRUE(store_.SetAlias("edge", "prod", 2).ok());
  const absl::Status refused = store_.Delete({"edge", 2});
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("prod"));
  ASSERT_TRUE(store_.SetAlias("edge", "prod", 1).ok());
  ASSERT_TRUE(store_.Delete({"edge", 2}).ok());
  EXPECT_EQ(Resolve("edge"), 1u);
  EXPECT_EQ(Publish("edge", "j4"), 3u);
}

TEST_F(ModelStoreTest, IsTheSameAfterARestart) {
  Publish("edge", "j1");
  ASSERT_TRUE(store_.SetAlias("edge", "prod", 1).ok());
  const ModelStore reopened(dir_.path(), &clock_);
  EXPECT_EQ(reopened.Resolve("model", "edge@prod")->version, 1u);
  EXPECT_THAT(reopened.Get({"edge", 1})->aliases, ElementsAre("prod"));
}

TEST_F(ModelStoreTest, ReportsADamagedAliasFileByName) {
  Publish("edge", "j1");
  Write(dir_.path() + "/models/edge/aliases.json", "{");
  const auto id = store_.Resolve("model", "edge@prod");
  EXPECT_TRUE(absl::IsDataLoss(id.status()));
  EXPECT_THAT(std::string(id.status().message()), HasSubstr("aliases.json"));
}

}  // namespace
}  // namespace stanflow
