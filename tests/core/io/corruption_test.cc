// Random damage to single lines: never a crash, never a change to another row.
#include <set>

#include "core/base/philox.h"
#include "core/io/all_formats.h"
#include "gtest/gtest.h"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

constexpr int kRows = 400;

// Answers draws one after the other.
class Dice {
 public:
  explicit Dice(uint32_t seed) : seed_(seed) {}
  uint32_t Below(uint32_t n) { return Philox4x32({next_++, 0, 0, 0}, {seed_, 77})[0] % n; }

 private:
  const uint32_t seed_;
  uint32_t next_ = 0;
};

std::string Damage(std::string line, Dice* dice) {
  const uint32_t times = 1 + dice->Below(4);
  for (uint32_t i = 0; i < times; ++i) {
    const size_t at = line.empty() ? 0 : dice->Below(static_cast<uint32_t>(line.size()));
    // Any byte but the line feed, which would rightly make two rows of one.
    const char byte = static_cast<char>(11 + dice->Below(245));
    switch (dice->Below(6)) {
      case 0:
        line.insert(at, 1, byte);
        break;
      case 1:
        if (!line.empty()) line[at] = byte;
        break;
      case 2:
        line.erase(at, 1 + dice->Below(20));
        break;
      case 3:
        line.insert(at, ",");
        break;
      case 4:
        line.insert(at, std::string(1 + dice->Below(100'000), '"'));
        break;
      case 5:
        line.insert(at, std::string(dice->Below(30), '\0') + "99999999999999999999");
        break;
    }
  }
  return line;
}

TEST(Corruption, NeverCrashesAndNeverTouchesAnotherRow) {
  TempDir dir;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    Dice dice(seed);
    std::set<uint64_t> damaged;
    std::string text;
    for (int i = 1; i <= kRows; ++i) {
      const bool damage = dice.Below(10) == 0;
      if (damage) damaged.insert(static_cast<uint64_t>(i));
      StrAppend(&text, damage ? Damage(NumberedRow(i), &dice) : NumberedRow(i), "\n");
    }
    auto reader = OpenFlowReader(dir.Write("f", text), "ugr16-csv");
    ASSERT_TRUE(reader.ok()) << reader.status();
    const auto rows = ReadAllRows(reader->get());
    ASSERT_TRUE(rows.ok()) << rows.status();
    std::set<uint64_t> seen;
    for (size_t i = 0; i < rows->flows.size(); ++i) {
      const uint64_t line = rows->lines[i];
      EXPECT_TRUE(seen.insert(line).second) << "line " << line << " twice";
      if (damaged.count(line) == 0) {
        EXPECT_EQ(rows->flows.bytes[i], line) << "seed " << seed;
      }
    }
    for (const RejectedRow& row : rows->rejected) {
      EXPECT_TRUE(seen.insert(row.line).second);
      EXPECT_EQ(damaged.count(row.line), 1u)
          << "seed " << seed << ", line " << row.line << ": " << row.reason;
    }
    for (uint64_t line = 1; line <= kRows; ++line) {
      // Damage may blank a line out, which then holds no row.
      EXPECT_TRUE(seen.count(line) == 1 || damaged.count(line) == 1) << "line " << line << " is lost";
    }
  }
}

}  // namespace
}  // namespace stanflow
