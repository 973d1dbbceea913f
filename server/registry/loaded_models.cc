#include "server/registry/loaded_models.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "core/base/strings.h"

namespace stanflow {

absl::Status WarmGenerator(const Generator& generator) {
  const GeneratorInfo& info = generator.info();
  std::vector<std::unique_ptr<Context>> contexts;
  std::vector<Context*> tile;
  for (int i = 0; i < std::max(1, info.tile_rows); ++i) {
    contexts.push_back(generator.NewContext({0, 0, static_cast<uint32_t>(i), info.default_start_ms}));
    tile.push_back(contexts.back().get());
  }
  std::vector<HostRow> rows(tile.size());
  for (int step = 0; step < 2; ++step) {
    const absl::Status status = generator.Step(tile, absl::MakeSpan(rows));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

size_t PickDevice(const std::vector<DeviceLoad>& devices) {
  const auto least =
      std::min_element(devices.begin(), devices.end(),
                       [](const DeviceLoad& a, const DeviceLoad& b) { return a.bytes < b.bytes; });
  return least - devices.begin();
}

LoadedModels::LoadedModels(LoadOptions options, GeneratorLoader loader)
    : options_(std::move(options)), loader_(std::move(loader)), executor_({options_.load_threads, 4096}) {}

absl::StatusOr<std::shared_ptr<const Generator>> LoadedModels::Acquire(
    const VersionId& id, const std::string& bundle_dir, uint64_t disk_bytes,
    std::chrono::steady_clock::time_point deadline) {
  Released released;  // Destroyed after the lock is given back: freeing weights takes a while.
  MutexLock lock(&mutex_);
  // An entry never leaves the map, so a reference outlasts the waiting.
  Entry& entry = entries_[id];
  if (entry.retired) return absl::NotFoundError(StrCat(id.ToString(), " is being deleted"));
  if (entry.state == ModelState::kUnloaded || entry.state == ModelState::kFailed) {
    StartLoad(id, bundle_dir, disk_bytes, &released);
  }
  // Counted, so that nothing unloads it between its being ready and this thread's waking up.
  ++entry.waiting;
  bool in_time = true;
  while (in_time && (entry.state == ModelState::kLoading || entry.state == ModelState::kWarming)) {
    in_time = changed_.WaitUntil(&mutex_, deadline);
  }
  --entry.waiting;
  if (entry.state == ModelState::kReady) {
    entry.last_use = ++uses_;
    return entry.generator;
  }
  if (entry.state == ModelState::kFailed) return entry.error;
  return absl::FailedPreconditionError(
      StrCat(id.ToString(), " is ", std::string(ModelStateName(entry.state)),
             " and was not ready by the call's deadline; try again, or load it ahead"));
}

std::shared_ptr<const Generator> LoadedModels::AcquireIfReady(const VersionId& id) {
  MutexLock lock(&mutex_);
  const auto it = entries_.find(id);
  if (it == entries_.end() || it->second.state != ModelState::kReady) return nullptr;
  it->second.last_use = ++uses_;
  return it->second.generator;
}

void LoadedModels::Move(Entry* entry, ModelAction action) {
  // The table has a line for every move that the code below makes.
  const absl::StatusOr<ModelState> next = NextModelState(entry->state, action);
  if (!next.ok()) {
    LogError("model state", {{"error", next.status().ToString()}});
    return;
  }
  entry->state = *next;
  changed_.NotifyAll();
}

std::string LoadedModels::Place() const {
  std::vector<DeviceLoad> loads;
  for (const std::string& device : options_.devices) loads.push_back({device, 0});
  for (const auto& [id, entry] : entries_) {
    for (DeviceLoad& load : loads) {
      if (load.device == entry.device) load.bytes += entry.bytes;
    }
  }
  return loads[PickDevice(loads)].device;
}

void LoadedModels::StartLoad(const VersionId& id, const std::string& bundle_dir, uint64_t disk_bytes,
                             Released* released) {
  Entry& entry = entries_[id];
  Move(&entry, ModelAction::kLoad);
  entry.error = absl::OkStatus();
  entry.device = Place();
  entry.bytes = disk_bytes;
  MakeRoom(released);
  const std::string device = entry.device;
  if (!executor_.Run([this, id, bundle_dir, device] { Load(id, bundle_dir, device); })) {
    entry.error = absl::ResourceExhaustedError("too many models wait to be loaded");
    entry.bytes = 0;
    Move(&entry, ModelAction::kFail);
  }
}

void LoadedModels::Load(const VersionId& id, const std::string& bundle_dir, const std::string& device) {
  LogInfo("loading model", {{"version", id.ToString()}, {"device", device}});
  absl::StatusOr<std::unique_ptr<Generator>> generator = loader_(bundle_dir, device);
  absl::Status status = generator.status();
  if (status.ok()) {
    {
      MutexLock lock(&mutex_);
      Move(&entries_[id], ModelAction::kLoaded);
    }
    status = WarmGenerator(**generator);
  }
  Released released;
  MutexLock lock(&mutex_);
  Entry& entry = entries_[id];
  if (!status.ok()) {
    LogError("model failed to load", {{"version", id.ToString()}, {"error", status.ToString()}});
    entry.error = status;
    entry.device.clear();
    entry.bytes = 0;
    Move(&entry, ModelAction::kFail);
    return;
  }
  entry.generator = *std::move(generator);
  entry.bytes = entry.generator->info().memory_bytes;
  entry.last_use = ++uses_;
  Move(&entry, ModelAction::kWarmed);
  MakeRoom(&released);
  LogInfo("model ready", {{"version", id.ToString()}, {"device", device}, {"bytes", entry.bytes}});
}

void LoadedModels::MakeRoom(Released* released) {
  if (options_.idle_limit_bytes == 0) return;
  for (;;) {
    uint64_t bytes = 0;
    uint64_t newest = 0;
    Entry* oldest = nullptr;
    for (auto& [id, entry] : entries_) {
      bytes += entry.bytes;
      newest = std::max(newest, entry.last_use);
      if (entry.state != ModelState::kReady || InUse(entry)) continue;
      if (oldest == nullptr || entry.last_use < oldest->last_use) oldest = &entry;
    }
    // The one that was just asked for stays, or its caller would never get it.
    if (bytes <= options_.idle_limit_bytes || oldest == nullptr || oldest->last_use == newest) return;
    released->push_back(std::move(oldest->generator));
    oldest->device.clear();
    oldest->bytes = 0;
    Move(oldest, ModelAction::kUnload);
  }
}

absl::Status LoadedModels::UnloadEntry(const VersionId& id, Entry* entry, Released* released) {
  if (entry->state == ModelState::kLoading || entry->state == ModelState::kWarming) {
    return absl::FailedPreconditionError(
        StrCat(id.ToString(), " is being loaded; try again when it is ready"));
  }
  if (InUse(*entry)) {
    return absl::FailedPreconditionError(StrCat(id.ToString(), " is used by a stream; cancel it or wait"));
  }
  released->push_back(std::exchange(entry->generator, nullptr));
  entry->device.clear();
  entry->bytes = 0;
  Move(entry, ModelAction::kUnload);
  return absl::OkStatus();
}

absl::Status LoadedModels::Unload(const VersionId& id) {
  Released released;
  MutexLock lock(&mutex_);
  const auto it = entries_.find(id);
  return it == entries_.end() ? absl::OkStatus() : UnloadEntry(id, &it->second, &released);
}

absl::Status LoadedModels::Retire(const VersionId& id) {
  Released released;
  MutexLock lock(&mutex_);
  Entry& entry = entries_[id];
  if (entry.retired) return absl::NotFoundError(StrCat(id.ToString(), " is being deleted"));
  const absl::Status unloaded = UnloadEntry(id, &entry, &released);
  entry.retired = unloaded.ok();
  return unloaded;
}

void LoadedModels::Reinstate(const VersionId& id) {
  MutexLock lock(&mutex_);
  entries_[id].retired = false;
}

LoadedModels::View LoadedModels::ViewOf(const VersionId& id, const Entry& entry) {
  View view;
  view.id = id;
  view.state = entry.state;
  view.message = std::string(ToStd(entry.error.message()));
  view.device = entry.device;
  view.bytes = entry.bytes;
  view.in_use = InUse(entry);
  if (entry.generator != nullptr) view.info = entry.generator->info();
  return view;
}

LoadedModels::View LoadedModels::Get(const VersionId& id) const {
  MutexLock lock(&mutex_);
  const auto it = entries_.find(id);
  if (it != entries_.end()) return ViewOf(id, it->second);
  View view;
  view.id = id;
  return view;
}

std::vector<LoadedModels::View> LoadedModels::List() const {
  MutexLock lock(&mutex_);
  std::vector<View> views;
  for (const auto& [id, entry] : entries_) views.push_back(ViewOf(id, entry));
  return views;
}

}  // namespace stanflow
