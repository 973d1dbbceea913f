// The rows that compare_ctgan.py compares: a made-up mixed table, and what CTGAN trained on it draws.
//
//   ctgan_rows FOLDER EPOCHS
//
// writes FOLDER/real.csv and, for seeds 1 to 10, FOLDER/ours_SEED.csv.
#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "core/gan/ctgan.h"
#include "core/gan/gan_trainer.h"
#include "core/gan/row_net.h"
#include "core/gan/table_rows.h"
#include "core/model/torch_device.h"

namespace stanflow {
namespace {

constexpr size_t kRows = 4000, kDrawn = 12000;
constexpr uint64_t kSeeds = 10;

double Normal(const std::array<double, 2>& u) {
  return std::sqrt(-2 * std::log1p(-u[0])) * std::cos(6.283185307179586 * u[1]);
}

// Three continuous columns of several modes and three discrete ones, all of which depend on `kind`.
Table MixedTable() {
  Table table{{{"size", 0, {}},
               {"wait", 0, {}},
               {"rate", 0, {}},
               {"kind", 3, {}},
               {"colour", 5, {}},
               {"rare", 2, {}}}};
  for (uint64_t r = 0; r < kRows; ++r) {
    const auto u = [&](uint16_t slot) { return Uniform2({20, 0, 0, r, slot}); };
    const int kind = u(0)[0] < 0.5 ? 0 : u(0)[0] < 0.8 ? 1 : 2;
    const bool rare = u(0)[1] < (kind == 2 ? 0.2 : 0.01);
    const int colour = u(1)[0] < 0.7 ? kind : static_cast<int>(5 * u(1)[1]);
    const double centres[] = {0, 40, 100};
    const double size = centres[kind] + (2 + 3 * kind) * Normal(u(2)) + (rare ? 30 : 0);
    const double wait = std::exp(1 + 0.8 * kind + 0.6 * Normal(u(3)));
    const double rate = (u(5)[0] < 0.5 ? -1 : 1) * (3 + 0.02 * size) + 0.7 * Normal(u(4));
    const double row[] = {size, wait, rate, double(kind), double(colour), double(rare)};
    for (int c = 0; c < 6; ++c) table.columns[c].values.push_back(row[c]);
  }
  return table;
}

void WriteRow(const std::vector<double>& row, std::ofstream* out) {
  for (size_t c = 0; c < row.size(); ++c) *out << (c == 0 ? "" : ",") << row[c];
  *out << "\n";
}

std::ofstream OpenCsv(const std::string& path, const Table& table) {
  std::ofstream out(path);
  for (size_t c = 0; c < table.columns.size(); ++c) out << (c == 0 ? "" : ",") << table.columns[c].name;
  out << "\n";
  return out;
}

absl::Status WriteOurs(const Table& table, uint64_t seed, int epochs, const std::string& folder) {
  CtganOptions options;
  options.schedule.epochs = epochs;
  const auto codec = TableCodec::Fit(table, seed);
  if (!codec.ok()) return codec.status();
  const EncodedTable encoded = codec->Encode(table, seed);
  const ConditionSampler conditions(*codec, encoded);
  GanRandom random(seed, at::kCPU);
  Ctgan ctgan(options, &*codec, &encoded, &conditions, &random, at::kCPU);
  GanTrainer trainer(&ctgan, {0, folder + "/ours_" + std::to_string(seed) + ".checkpoint"}, &random);
  const absl::Status status = trainer.Train([](const GanProgress&) {}, [] { return false; });
  if (!status.ok()) return status;
  std::printf("seed %d: %.0f s\n", static_cast<int>(seed), trainer.seconds());
  // The package asks for classes by their logarithm when it draws, too.
  const TableRows rows(options.noise, *codec, conditions, ClassFrequency::kLog);
  const RowNet net(ctgan.net(), at::kCPU);
  at::InferenceMode no_grad;
  std::ofstream out = OpenCsv(folder + "/ours_" + std::to_string(seed) + ".csv", table);
  const at::Tensor input = at::zeros({1, rows.inputs()});
  for (uint64_t r = 0; r < kDrawn; ++r) {
    const DrawKey key{seed, 0, 0, r, 0};
    rows.WriteInput(key, input.data_ptr<float>());
    WriteRow(rows.Draw(key, net(input).data_ptr<float>()), &out);
  }
  return absl::OkStatus();
}

void WriteReal(const Table& table, const std::string& folder) {
  std::ofstream out = OpenCsv(folder + "/real.csv", table);
  for (size_t r = 0; r < table.rows(); ++r) {
    std::vector<double> row;
    for (const TableColumn& column : table.columns) row.push_back(column.values[r]);
    WriteRow(row, &out);
  }
}

int Main(const std::string& folder, int epochs) {
  MakeTorchRepeatable();
  const Table table = MixedTable();
  WriteReal(table, folder);
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const absl::Status status = WriteOurs(table, seed, epochs, folder);
    if (status.ok()) continue;
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace stanflow

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: ctgan_rows FOLDER EPOCHS\n"), 2;
  return stanflow::Main(argv[1], std::atoi(argv[2]));
}
