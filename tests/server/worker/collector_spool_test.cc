#include "server/worker/collector_spool.h"

#include <filesystem>

#include "core/base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;

class CollectorSpoolTest : public ::testing::Test {
 protected:
  CollectorSpool Open(uint64_t through, const std::vector<std::string>& given_up = {}) {
    auto spool = CollectorSpool::Open(dir_.File("spool"), through, given_up);
    EXPECT_TRUE(spool.ok()) << spool.status();
    return *std::move(spool);
  }
  void Arrive(const CollectorSpool& spool, const std::string& name) {
    EXPECT_TRUE(WriteFileDurably(spool.incoming() + "/" + name, "0123456789").ok());
  }
  static std::vector<std::string> NamesOf(const CollectorSpool& spool) {
    std::vector<std::string> names;
    for (const auto& file : spool.claimed()) names.push_back(std::to_string(file.number) + " " + file.name);
    return names;
  }

  TempDir dir_;
};

TEST_F(CollectorSpoolTest, ClaimsWhatIsFinishedInTheOrderOfItsTime) {
  CollectorSpool spool = Open(0);
  Arrive(spool, "nfcapd.20240108120002");
  Arrive(spool, "nfcapd.20240108120000");
  Arrive(spool, "nfcapd.current.77");
  ASSERT_TRUE(spool.Claim().ok());
  EXPECT_THAT(NamesOf(spool), ElementsAre("1 nfcapd.20240108120000", "2 nfcapd.20240108120002"));
  EXPECT_EQ(spool.claimed_bytes(), 20u);
  EXPECT_EQ(spool.bytes(), 30u);
  // nfcapd may take a name again, when a clock is set back: that is another file.
  Arrive(spool, "nfcapd.20240108120000");
  ASSERT_TRUE(spool.Claim().ok());
  EXPECT_THAT(NamesOf(spool),
              ElementsAre("1 nfcapd.20240108120000", "2 nfcapd.20240108120002", "3 nfcapd.20240108120000"));
}

TEST_F(CollectorSpoolTest, KnowsAfterACrashWhatWasTaken) {
  {
    CollectorSpool spool = Open(0);
    for (const char* name : {"nfcapd.20240108120000", "nfcapd.20240108120002", "nfcapd.20240108120004"})
      Arrive(spool, name);
    ASSERT_TRUE(spool.Claim().ok());
  }
  CollectorSpool spool = Open(2);
  EXPECT_THAT(NamesOf(spool), ElementsAre("3 nfcapd.20240108120004"));
  EXPECT_EQ(spool.claimed_bytes(), 10u);
  ASSERT_TRUE(spool.RemoveOldest().ok());
  CollectorSpool emptied = Open(3);
  Arrive(emptied, "nfcapd.20240108120006");
  ASSERT_TRUE(emptied.Claim().ok());
  EXPECT_THAT(NamesOf(emptied), ElementsAre("4 nfcapd.20240108120006"));
}

TEST_F(CollectorSpoolTest, RemovesTheOldestAndGivesUpTheNewest) {
  CollectorSpool spool = Open(0);
  for (const char* name : {"nfcapd.20240108120000", "nfcapd.20240108120002", "nfcapd.20240108120004"})
    Arrive(spool, name);
  ASSERT_TRUE(spool.Claim().ok());
  const std::string newest = spool.claimed().back().path;
  spool.GiveUpNewest();
  EXPECT_TRUE(std::filesystem::exists(newest)) << "until the caller has noted it";
  EXPECT_THAT(spool.given_up(), ElementsAre("claimed/000000000003-nfcapd.20240108120004"));
  ASSERT_TRUE(spool.RemoveGivenUp().ok());
  EXPECT_FALSE(std::filesystem::exists(newest));
  EXPECT_THAT(spool.given_up(), ElementsAre());
  ASSERT_TRUE(spool.RemoveOldest().ok());
  EXPECT_THAT(NamesOf(spool), ElementsAre("2 nfcapd.20240108120002"));
  EXPECT_EQ(spool.bytes(), 10u);
}

TEST_F(CollectorSpoolTest, CountsWhatNobodyWillFinish) {
  CollectorSpool spool = Open(0);
  Arrive(spool, "nfcapd.current.77");
  Arrive(spool, "nfcapd.current.78");
  EXPECT_EQ(*spool.GiveUpUnfinished(), 2u);
  EXPECT_EQ(*spool.GiveUpUnfinished(), 0u);
  EXPECT_EQ(spool.bytes(), 20u);
  ASSERT_TRUE(spool.RemoveGivenUp().ok());
  EXPECT_EQ(spool.bytes(), 0u);
}

TEST_F(CollectorSpoolTest, RemovesAfterACrashWhatWasGivenUp) {
  std::vector<std::string> given_up;
  {
    CollectorSpool spool = Open(0);
    for (const char* name : {"nfcapd.20240108120000", "nfcapd.20240108120002", "nfcapd.current.77"})
      Arrive(spool, name);
    ASSERT_TRUE(spool.Claim().ok());
    spool.GiveUpNewest();
    EXPECT_EQ(*spool.GiveUpUnfinished(), 1u);
    given_up = spool.given_up();
  }
  CollectorSpool spool = Open(0, given_up);
  EXPECT_THAT(NamesOf(spool), ElementsAre("1 nfcapd.20240108120000"));
  EXPECT_EQ(*spool.GiveUpUnfinished(), 0u);
  EXPECT_EQ(spool.bytes(), 10u);
}

TEST_F(CollectorSpoolTest, KeepsAFileThatItCanNotRemove) {
  CollectorSpool spool = Open(0);
  Arrive(spool, "nfcapd.20240108120000");
  ASSERT_TRUE(spool.Claim().ok());
  const std::string claimed = dir_.File("spool/claimed");
  std::filesystem::rename(claimed, dir_.File("aside"));
  std::filesystem::create_symlink(claimed, claimed);
  EXPECT_FALSE(spool.RemoveOldest().ok());
  EXPECT_THAT(NamesOf(spool), ElementsAre("1 nfcapd.20240108120000"));
  EXPECT_EQ(spool.claimed_bytes(), 10u);
  std::filesystem::remove(claimed);
  std::filesystem::rename(dir_.File("aside"), claimed);
  EXPECT_TRUE(spool.RemoveOldest().ok());
  EXPECT_EQ(spool.claimed_bytes(), 0u);
}

}  // namespace
}  // namespace stanflow
