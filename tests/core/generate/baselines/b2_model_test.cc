#include "core/generate/baselines/b2_model.h"

#include <cmath>
#include <fstream>
#include <map>
#include <optional>

#include "core/base/strings.h"
#include "core/flow/time.h"
#include "gtest/gtest.h"
#include "tests/core/eval/golden.h"
#include "tests/core/generate/baselines/b1_testing.h"

namespace stanflow {
namespace {

std::vector<int64_t> FirstsTo(int64_t count) {
  std::vector<int64_t> out;
  for (int64_t i = 0; i < count; ++i) out.push_back(i);
  return out;
}

B2Counts EmptyCounts(const std::string& structure, const AttributeBins& child_bins,
                     const std::vector<std::optional<AttributeBins>>& parents) {
  B2Counts counts{ParseB2Structure(structure).value().front(), child_bins, {}, {}};
  counts.counts.resize(counts.bins.count());
  for (const auto& bins : parents) {
    B2Counts::Parent& parent = counts.parents.emplace_back();
    parent.bins = bins;
    parent.counts.resize(static_cast<size_t>(parent.states()) * counts.bins.count());
  }
  return counts;
}

TEST(B2Conditional, IsScikitLearnsCategoricalNaiveBayes) {
  const auto six = AttributeBins::FromFirsts(FirstsTo(6)).value();
  B2Counts counts = EmptyCounts("tos|previous.tos,hour", six, {six, std::nullopt});
  const std::vector<double> u = LehmerUniforms(1000, 31);
  HostRow previous;
  for (int i = 0; i < 500; ++i) {
    const int hour = static_cast<int>(u[2 * i] * 24);
    HostRow row;
    row.end_ms = hour * kHourMs;
    row.tos = static_cast<uint8_t>((previous.tos + static_cast<int>(u[2 * i + 1] * 3) + (hour >= 12)) % 6);
    counts.Add(row, &previous);
    previous = row;
  }
  const B2Conditional conditional(std::move(counts));
  std::ifstream file(STANFLOW_BAYESIAN_NETWORK_GOLDEN);
  const nlohmann::json golden = nlohmann::json::parse(file);
  ASSERT_GT(golden["cases"].size(), 10);
  for (const auto& expected : golden["cases"]) {
    HostRow row;
    previous.tos = expected["previous"];
    row.end_ms = expected["hour"].get<int64_t>() * kHourMs;
    const std::vector<double> logs = conditional.LogShares(row, &previous);
    for (size_t c = 0; c < logs.size(); ++c)
      EXPECT_NEAR(logs[c], expected["log_shares"][c].get<double>(), 1e-9) << expected;
  }
}

TEST(B2Conditional, LeavesOutAParentThatTheFirstRowHasNot) {
  const auto two = AttributeBins::FromFirsts({0, 1}).value();
  B2Counts counts = EmptyCounts("tos|previous.tos", two, {two});
  counts.counts = {7, 1};
  counts.parents[0].counts = {7, 0, 0, 1};
  const B2Conditional conditional(std::move(counts));
  EXPECT_NEAR(std::exp(conditional.LogShares(HostRow(), nullptr)[0]), 0.8, 1e-12);
  const HostRow zero;
  EXPECT_GT(std::exp(conditional.LogShares(HostRow(), &zero)[0]), 0.9);
}

TEST(B2Conditional, OfATimeDeltaSeesTheHourBeforeIt) {
  const auto two = AttributeBins::FromFirsts({0, 1}).value();
  B2Counts counts = EmptyCounts("time_delta|hour", two, {std::nullopt});
  HostRow row;
  row.time_delta_s = 3600;
  row.end_ms = 5 * kHourMs;
  counts.Add(row, nullptr);
  EXPECT_EQ(counts.parents[0].counts[4 * 2 + 1], 1);
}

// Bytes and protocol with parents, over TestB1's marginals.
B2Model TestB2() {
  const auto bytes = AttributeBins::Cut(Attribute::kBytes, 20000, 1);
  const auto protocol = AttributeBins::Cut(Attribute::kProtocol, 255, 1);
  const auto time_delta = AttributeBins::Cut(Attribute::kTimeDelta, 0, 1);
  const auto duration = AttributeBins::Cut(Attribute::kDuration, 20000, 4);
  std::vector<B2Conditional> children;
  std::vector<B2Counts> counts = {
      EmptyCounts("time_delta|hour", time_delta, {std::nullopt}),
      EmptyCounts("protocol|previous.protocol", protocol, {protocol}),
      EmptyCounts("bytes|previous.bytes,protocol", bytes, {bytes, protocol}),
      EmptyCounts("duration|hour", duration, {std::nullopt}),
  };
  HostRow previous;
  for (uint64_t i = 0; i < 4000; ++i) {
    const auto u = Uniform2({5, 0, 0, i, 0}), v = Uniform2({5, 0, 0, i, 1});
    HostRow row;
    row.time_delta_s = static_cast<uint32_t>(u[0] * 9);
    row.end_ms = previous.end_ms + 1000 * row.time_delta_s;
    row.protocol = u[1] < 0.7 ? previous.protocol : u[1] < 0.9 ? kTcp : kUdp;
    row.bytes = v[0] < 0.6 ? previous.bytes : 40 + static_cast<uint64_t>(v[0] * 3000);
    row.duration_ms = 4 * static_cast<uint32_t>(v[1] * 1000);
    for (B2Counts& child : counts) child.Add(row, &previous);
    previous = row;
  }
  for (B2Counts& child : counts) children.emplace_back(std::move(child));
  return B2Model(std::make_shared<const B1Model>(TestB1(4)), std::move(children));
}

HostRow Row(uint64_t bytes, uint8_t protocol) {
  HostRow row;
  row.bytes = bytes;
  row.protocol = protocol;
  return row;
}

TEST(B2Model, MassesOfAChildsValuesSumToOneWhateverItsParents) {
  const B2Model model = TestB2();
  for (const auto& [previous, has_previous] :
       {std::pair{Row(60, kTcp), true}, {Row(2500, kUdp), true}, {HostRow(), false}}) {
    double bytes = 0, protocol = 0, delta = 0, duration = 0;
    const HostRow* before = has_previous ? &previous : nullptr;
    const auto mass = [&](const HostRow& row, Attribute a) {
      return std::exp(-double{model.Score(row, before).exact[static_cast<int>(a)]});
    };
    for (uint64_t v = 0; v < 60000; ++v) bytes += mass(Row(v, kUdp), Attribute::kBytes);
    for (int v = 0; v < 256; ++v) protocol += mass(Row(100, static_cast<uint8_t>(v)), Attribute::kProtocol);
    for (uint32_t v = 0; v < 400; ++v) {
      HostRow row;
      row.time_delta_s = v;
      row.end_ms = 1000 * int64_t{v};
      delta += mass(row, Attribute::kTimeDelta);
    }
    for (uint32_t v = 0; v < 40000; ++v) {
      HostRow row;
      row.duration_ms = v;
      duration += mass(row, Attribute::kDuration);
    }
    EXPECT_NEAR(protocol, 1, 1e-5);
    EXPECT_NEAR(delta, 1, 1e-5);
    EXPECT_NEAR(duration, 1, 1e-4);
    // Beyond the end lies what TestB1's wide part has there.
    EXPECT_GT(bytes, 0.99);
    EXPECT_LT(bytes, 1.00001);
  }
}

TEST(B2Model, DrawsFollowTheMasses) {
  const B2Model model = TestB2();
  const HostRow previous = Row(1000, kTcp);
  constexpr uint64_t kDraws = 60000;
  std::map<Attribute, std::map<uint64_t, int>> hits;
  HostRow any;
  for (uint64_t i = 0; i < kDraws; ++i) {
    const HostRow row = model.Draw({3, 0, 1, i, 0}, 7 * kHourMs, &previous);
    EXPECT_EQ(row.end_ms, 7 * kHourMs + int64_t{1000} * row.time_delta_s);
    for (Attribute a : {Attribute::kTimeDelta, Attribute::kProtocol, Attribute::kTos}) ++hits[a][row.Get(a)];
    if (row.protocol == kTcp) ++hits[Attribute::kBytes][row.bytes];
    any = row;
  }
  const int tcp = hits[Attribute::kProtocol][kTcp];
  int compared = 0;
  for (const auto& [attribute, counts] : hits) {
    for (const auto& [value, count] : counts) {
      HostRow row = any;
      row.protocol = kTcp;
      row.Set(attribute, value);
      row.end_ms = 7 * kHourMs + int64_t{1000} * row.time_delta_s;
      const double mass = std::exp(-model.Score(row, &previous).exact[static_cast<int>(attribute)]);
      const double expected = mass * (attribute == Attribute::kBytes ? tcp : kDraws);
      if (expected < 50) continue;
      EXPECT_NEAR(count, expected, 5 * std::sqrt(expected)) << AttributeName(attribute) << " " << value;
      ++compared;
    }
  }
  EXPECT_GT(compared, 15);
}

TEST(B2Model, IsB1WhereNothingHangsTogether) {
  const auto bins = AttributeBins::FromFirsts({0}).value();
  std::vector<B2Conditional> children;
  children.emplace_back(EmptyCounts("bytes|hour", bins, {std::nullopt}));
  const B1Model b1 = TestB1();
  const B2Model model(std::make_shared<const B1Model>(b1), std::move(children));
  for (uint64_t bytes : {0, 40, 1500, 1 << 25}) {
    const RowNats expected = b1.Score(Row(bytes, kTcp), nullptr),
                  nats = model.Score(Row(bytes, kTcp), nullptr);
    for (int a = 0; a < kNumAttributes; ++a) EXPECT_NEAR(nats.exact[a], expected.exact[a], 1e-5) << a;
    EXPECT_NEAR(nats.paper_bytes, expected.paper_bytes, 1e-5);
    EXPECT_EQ(nats.paper_packets, expected.paper_packets);
  }
}

TEST(B2Model, ThePapersBinsOfBytesSumToOne) {
  const B2Model model = TestB2();
  const HostRow previous = Row(60, kTcp);
  double sum = 0;
  for (int bin = 0; bin < 200; ++bin) {
    // The largest whole number of the bin, if it has one: bins without one hold mass as well.
    const double end = std::exp((bin + 1) * 20.129 / 200), begin = std::exp(bin * 20.129 / 200);
    const auto value = static_cast<uint64_t>(std::ceil(end)) - 1;
    if (value >= begin || bin == 0)
      sum += std::exp(-double{model.Score(Row(std::max<uint64_t>(value, 1), kTcp), &previous).paper_bytes});
  }
  EXPECT_GT(sum, 0.95);
  EXPECT_LT(sum, 1.0001);
}

TEST(B2Model, EveryValueHasMass) {
  const B2Model model = TestB2();
  HostRow row = Row(UINT64_MAX, 255);
  row.packets = UINT64_MAX;
  row.duration_ms = row.time_delta_s = UINT32_MAX;
  const RowNats nats = model.Score(row, &row);
  for (float n : nats.exact) EXPECT_TRUE(std::isfinite(n));
  for (float n : {nats.paper_bytes, nats.paper_packets, nats.paper_duration, nats.paper_protocol})
    EXPECT_TRUE(std::isfinite(n));
}

TEST(B2Model, KnowsThePapersOtherProtocolsWhereManyParentsAreSureOfTcp) {
  const std::vector<Attribute> parents = {
      Attribute::kProtocol,  Attribute::kTos,        Attribute::kTcpFlags, Attribute::kTimeDelta,
      Attribute::kLocalPort, Attribute::kRemotePort, Attribute::kPackets,  Attribute::kBytes};
  std::string structure = "protocol|";
  std::vector<std::optional<AttributeBins>> bins;
  for (Attribute parent : parents) {
    StrAppend(&structure, bins.empty() ? "" : ",", "previous.", AttributeName(parent));
    bins.push_back(AttributeBins::Cut(parent, 1'000'000, 1));
  }
  B2Counts counts = EmptyCounts(structure, AttributeBins::Cut(Attribute::kProtocol, 0, 1), bins);
  const HostRow tcp = Row(60, kTcp), icmp = Row(60, kIcmp);
  for (int i = 0; i < 10000; ++i) counts.Add(tcp, &tcp);
  std::vector<B2Conditional> children;
  children.emplace_back(std::move(counts));
  const double others = -children[0].LogShares(icmp, &tcp)[kIcmp] - std::log(254);  // none was ever seen
  EXPECT_GT(others, 40) << "1 less such a share is 1: the test shows nothing";
  const B2Model model(std::make_shared<const B1Model>(TestB1()), std::move(children));
  EXPECT_NEAR(model.Score(icmp, &tcp).paper_protocol, others, 1e-4);
}

const char* const kTestStructure =
    "time_delta|hour;protocol|previous.protocol;bytes|previous.bytes,protocol;duration|hour";

TEST(B2Model, IsRefusedByBinsThatDoNotSuitTheirAttribute) {
  TensorFile file;
  TestB2().Store(&file);
  for (const auto& [name, firsts] : {std::pair<const char*, std::vector<int64_t>>{"protocol", FirstsTo(258)},
                                     {"protocol", {0}},
                                     {"protocol|previous.protocol", FirstsTo(255)},
                                     {"bytes|protocol", {0, 300}},
                                     {"duration", {0, 2}},
                                     {"duration", {0, int64_t{1} << 32}},
                                     {"time_delta", {0, int64_t{1} << 32}}}) {
    const std::string tensor = StrCat("b2.", name, ".bins");
    TensorFile damaged = file;
    ASSERT_EQ(damaged.tensors.count(tensor), 1) << tensor;
    damaged.tensors[tensor] = StoreVector<int64_t>(firsts);
    const absl::Status status = B2Model::Load(kTestStructure, damaged).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << tensor;
    EXPECT_NE(status.message().find(tensor), absl::string_view::npos) << status;
  }
}

TEST(B2Model, ComesBackFromItsTensorsAndIsRefusedByTheOneThatIsWrong) {
  const B2Model model = TestB2();
  TensorFile file;
  model.Store(&file);
  const auto back = B2Model::Load(kTestStructure, file);
  ASSERT_TRUE(back.ok()) << back.status();
  const HostRow previous = Row(60, kTcp);
  for (uint64_t i = 0; i < 50; ++i) {
    const HostRow row = model.Draw({3, 0, 1, i, 0}, 0, &previous);
    EXPECT_EQ(back->Draw({3, 0, 1, i, 0}, 0, &previous), row);
    EXPECT_EQ(back->Score(row, &previous).exact, model.Score(row, &previous).exact);
  }
  for (const char* name : {"b2.bytes|previous.bytes.counts", "b2.bytes.bins", "b2.duration|hour.counts"}) {
    TensorFile damaged = file;
    damaged.tensors[name] = StoreVector<int64_t>({1, 2, 3});
    EXPECT_NE(B2Model::Load(kTestStructure, damaged).status().message().find(name), absl::string_view::npos)
        << name;
    damaged.tensors.erase(name);
    EXPECT_TRUE(absl::IsDataLoss(B2Model::Load(kTestStructure, damaged).status())) << name;
  }
}

}  // namespace
}  // namespace stanflow
