#include "server/schedule/snapshot_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/generate/state_bytes.h"

namespace stanflow {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMagic = 0x3150414e53465453;  // "STFSNAP1"
constexpr std::string_view kSuffix = ".snap";
// How often the writer looks for stale snapshots of a server that runs for long.
constexpr std::chrono::hours kSweepEvery{1};
// What a file has besides its state, at most.
constexpr uint64_t kFrameBytes = 128;

struct File {
  std::string path;
  uint64_t row = 0;
  int64_t written_ns = 0;
  uint64_t bytes = 0;
};

int64_t WrittenNs(const struct stat& status) {
  return int64_t{status.st_mtim.tv_sec} * 1000000000 + status.st_mtim.tv_nsec;
}

// 0 for a file that is gone.
int64_t WrittenNs(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 ? WrittenNs(status) : 0;
}

std::optional<uint64_t> RowOf(const std::string& name) {
  if (name.size() <= kSuffix.size() || name.substr(name.size() - kSuffix.size()) != kSuffix)
    return std::nullopt;
  uint64_t row = 0;
  const char* const end = name.data() + name.size() - kSuffix.size();
  const auto parsed = std::from_chars(name.data(), end, row);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return row;
}

// Paths inside a folder; none where there is no such folder.
std::vector<fs::path> List(const std::string& dir) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    paths.push_back(it->path());
  }
  return paths;
}

std::vector<File> Snapshots(const std::string& dir) {
  std::vector<File> files;
  for (const fs::path& path : List(dir)) {
    const auto row = RowOf(path.filename().string());
    struct stat status;
    if (!row.has_value() || ::stat(path.c_str(), &status) != 0) continue;
    files.push_back({path.string(), *row, WrittenNs(status), static_cast<uint64_t>(status.st_size)});
  }
  return files;
}

// Of all keys, the oldest first.
std::vector<File> AllSnapshots(const std::string& dir) {
  std::vector<File> files;
  for (const fs::path& key : List(dir)) {
    for (File& file : Snapshots(key.string())) files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) {
    return std::make_tuple(a.written_ns, a.row) < std::make_tuple(b.written_ns, b.row);
  });
  return files;
}

uint64_t BytesOf(const std::vector<File>& files) {
  uint64_t bytes = 0;
  for (const File& file : files) bytes += file.bytes;
  return bytes;
}

std::string Encode(uint64_t row, const std::string& state) {
  std::string bytes;
  bytes.reserve(state.size() + kFrameBytes);
  StateWriter writer(&bytes);
  writer.Put(kMagic);
  writer.Put(row);
  writer.PutString(Sha256Hex(state));
  writer.PutString(state);
  return bytes;
}

// `state` points into `bytes`.
absl::Status Decode(const std::string& bytes, uint64_t row, std::string_view* state) {
  StateReader reader(bytes);
  if (reader.Get<uint64_t>() != kMagic) return absl::DataLossError("not a snapshot");
  if (reader.Get<uint64_t>() != row) return absl::DataLossError("of another row than its name says");
  const std::string_view digest = reader.GetString();
  *state = reader.GetString();
  if (!reader.at_end()) return absl::DataLossError("its length is wrong");
  return Sha256Hex(*state) == digest ? absl::OkStatus() : absl::DataLossError("its digest is wrong");
}

absl::Status Try(const File& file, absl::FunctionRef<absl::Status(uint64_t, std::string_view)> use) {
  const absl::StatusOr<std::string> bytes = ReadFile(file.path);
  STANFLOW_RETURN_IF_ERROR(bytes.status());
  std::string_view state;
  STANFLOW_RETURN_IF_ERROR(Decode(*bytes, file.row, &state));
  return use(file.row, state);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SnapshotStore>> SnapshotStore::Open(const SnapshotStoreOptions& options,
                                                                   const Clock* clock,
                                                                   SchedulerObserver* observer) {
  STANFLOW_RETURN_IF_ERROR(MakeDirectories(options.dir));
  std::unique_ptr<SnapshotStore> store(new SnapshotStore(options, clock, observer));
  store->RemoveStale();
  store->disk_bytes_ = BytesOf(AllSnapshots(options.dir));
  store->thread_ = std::thread([raw = store.get()] { raw->WriteAll(); });
  return store;
}

SnapshotStore::SnapshotStore(const SnapshotStoreOptions& options, const Clock* clock,
                             SchedulerObserver* observer)
    : options_(options),
      clock_(clock),
      observer_(observer != nullptr ? observer : SchedulerObserver::None()),
      next_sweep_(clock->SteadyNow() + kSweepEvery) {}

SnapshotStore::~SnapshotStore() {
  {
    MutexLock lock(&mutex_);
    stop_ = true;
    work_.NotifyAll();
  }
  thread_.join();
}

bool SnapshotStore::IsKey(std::string_view key) {
  return !key.empty() && key.size() <= 128 && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_';
  });
}

std::string SnapshotStore::DirOf(const std::string& key) const {
  return absl::StrCat(options_.dir, "/", key);
}

uint64_t SnapshotStore::Join(const std::string& key) {
  MutexLock lock(&mutex_);
  writers_[next_writer_].key = key;
  return next_writer_++;
}

void SnapshotStore::Leave(uint64_t writer, bool remove) {
  MutexLock lock(&mutex_);
  const auto it = writers_.find(writer);
  if (it == writers_.end()) return;
  const std::string key = std::move(it->second.key);
  writers_.erase(it);
  const bool alone = std::none_of(writers_.begin(), writers_.end(),
                                  [&](const auto& other) { return other.second.key == key; });
  if (!remove || !alone) return;
  queue_.push_back({key, writer, std::nullopt, {}});
  work_.NotifyOne();
}

const char* SnapshotStore::WhyRefused(uint64_t bytes) const {
  MutexLock lock(&mutex_);
  return WhyRefusedLocked(bytes);
}

const char* SnapshotStore::WhyRefusedLocked(uint64_t bytes) const {
  if (bytes > options_.max_queued_bytes) return "larger than generate.snapshot_memory_bytes";
  if (bytes + kFrameBytes > options_.max_disk_bytes) return "larger than generate.snapshot_disk_bytes";
  return queued_bytes_ + bytes > options_.max_queued_bytes ? "the disk is behind" : nullptr;
}

const char* SnapshotStore::Offer(uint64_t writer, uint64_t row, std::string state) {
  MutexLock lock(&mutex_);
  const auto it = writers_.find(writer);
  if (it == writers_.end()) return "of no stream that saves";
  if (const char* const refused = WhyRefusedLocked(state.size())) return refused;
  queued_bytes_ += state.size();
  queue_.push_back({it->second.key, writer, row, std::move(state)});
  work_.NotifyOne();
  return nullptr;
}

void SnapshotStore::Flush() {
  MutexLock lock(&mutex_);
  while (busy_ || !queue_.empty()) idle_.Wait(&mutex_);
}

std::optional<uint64_t> SnapshotStore::Load(
    const std::string& key, uint64_t max_row,
    absl::FunctionRef<absl::Status(uint64_t, std::string_view)> use) const {
  std::vector<File> files = Snapshots(DirOf(key));
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.row > b.row; });
  for (const File& file : files) {
    if (file.row > max_row) continue;
    const absl::Status status = Try(file, use);
    if (status.ok()) return file.row;
    observer_->OnSnapshotDamaged(
        absl::Status(status.code(), absl::StrCat(file.path, ": ", status.message())));
  }
  return std::nullopt;
}

void SnapshotStore::RemoveStale() {
  const int64_t oldest_ns = (clock_->NowMs() - std::chrono::milliseconds(options_.max_age).count()) * 1000000;
  for (const fs::path& dir : List(options_.dir)) {
    std::error_code ignored;
    if (!fs::is_directory(dir, ignored)) continue;
    // Whatever file it is: a temporary one may be left of a killed process.
    for (const fs::path& path : List(dir.string())) {
      if (WrittenNs(path.string()) < oldest_ns) fs::remove(path, ignored);
    }
    fs::remove(dir, ignored);  // Fails where something is left.
  }
}

void SnapshotStore::WriteAll() {
  MutexLock lock(&mutex_);
  while (true) {
    while (queue_.empty() && !stop_) work_.Wait(&mutex_);
    if (queue_.empty()) return;
    const Task task = std::move(queue_.front());
    queue_.pop_front();
    busy_ = true;
    mutex_.Unlock();
    Do(task);
    mutex_.Lock();
    busy_ = false;
    queued_bytes_ -= task.state.size();
    if (queue_.empty()) idle_.NotifyAll();
  }
}

void SnapshotStore::Do(const Task& task) {
  if (task.row.has_value()) {
    Write(task);
  } else if (const absl::Status status = RemoveAll(DirOf(task.key)); !status.ok()) {
    observer_->OnSnapshotFailed(status);
  }
  if (clock_->SteadyNow() >= next_sweep_) {
    next_sweep_ = clock_->SteadyNow() + kSweepEvery;
    RemoveStale();
  }
}

void SnapshotStore::Write(const Task& task) {
  const auto start = clock_->SteadyNow();
  const std::string bytes = Encode(*task.row, task.state);
  MakeRoom(bytes.size());
  const std::string dir = DirOf(task.key);
  absl::Status status = MakeDirectories(dir);
  if (status.ok()) status = WriteFileDurably(absl::StrCat(dir, "/", *task.row, ".snap"), bytes);
  if (!status.ok()) {
    observer_->OnSnapshotFailed(status);
    return;
  }
  disk_bytes_ += bytes.size();
  RemoveOld(task);
  observer_->OnSnapshotWritten(task.state.size(), clock_->SteadyNow() - start);
}

void SnapshotStore::MakeRoom(uint64_t bytes) {
  if (disk_bytes_ + bytes <= options_.max_disk_bytes) return;
  // Removals are not subtracted: here the files themselves say.
  const std::vector<File> files = AllSnapshots(options_.dir);
  disk_bytes_ = BytesOf(files);
  for (const File& file : files) {
    if (disk_bytes_ + bytes <= options_.max_disk_bytes) return;
    const fs::path path(file.path), dir = path.parent_path();
    std::error_code error;
    if (!fs::remove(path, error)) continue;
    fs::remove(dir, error);  // Fails where something is left.
    disk_bytes_ -= file.bytes;
    observer_->OnSnapshotSkipped(dir.filename().string(), file.row,
                                 "removed: newer ones need its part of generate.snapshot_disk_bytes");
  }
}

void SnapshotStore::RemoveOld(const Task& written) {
  const std::optional<uint64_t> given_up = Note(written);
  const std::vector<uint64_t> wanted = RowsOfWriters(written.key);
  const auto is_wanted = [&](uint64_t row) {
    return std::find(wanted.begin(), wanted.end(), row) != wanted.end();
  };
  const auto remove = [&](const File& file) {
    const absl::Status removed = RemoveAll(file.path);
    if (!removed.ok()) observer_->OnSnapshotFailed(removed);
  };
  std::vector<File> left;  // that no writer of now wrote
  for (File& file : Snapshots(DirOf(written.key))) {
    if (is_wanted(file.row)) continue;
    if (file.row == given_up) {
      remove(file);
    } else {
      left.push_back(std::move(file));
    }
  }
  // The last written, not the highest rows: a stream that was started over is behind its old snapshots.
  std::sort(left.begin(), left.end(), [&](const File& a, const File& b) {
    const bool a_new = a.row == written.row, b_new = b.row == written.row;
    return std::make_tuple(a_new, a.written_ns, a.row) > std::make_tuple(b_new, b.written_ns, b.row);
  });
  for (size_t i = options_.keep; i < left.size(); ++i) remove(left[i]);
}

std::optional<uint64_t> SnapshotStore::Note(const Task& written) {
  MutexLock lock(&mutex_);
  const auto it = writers_.find(written.writer);
  if (it == writers_.end()) return std::nullopt;  // It ended meanwhile.
  std::deque<uint64_t>& rows = it->second.rows;
  rows.push_back(*written.row);
  if (rows.size() <= options_.keep) return std::nullopt;
  const uint64_t given_up = rows.front();
  rows.pop_front();
  return given_up;
}

std::vector<uint64_t> SnapshotStore::RowsOfWriters(const std::string& key) const {
  MutexLock lock(&mutex_);
  std::vector<uint64_t> rows;
  for (const auto& [id, writer] : writers_) {
    if (writer.key == key) rows.insert(rows.end(), writer.rows.begin(), writer.rows.end());
  }
  return rows;
}

}  // namespace stanflow
