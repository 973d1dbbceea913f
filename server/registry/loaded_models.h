#ifndef STANFLOW_SERVER_REGISTRY_LOADED_MODELS_H_
#define STANFLOW_SERVER_REGISTRY_LOADED_MODELS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/executor.h"
#include "core/base/mutex.h"
#include "core/generate/generator.h"
#include "server/registry/model_state.h"
#include "server/registry/resource_name.h"

namespace stanflow {

// Loads a bundle folder onto a device; the production one is LoadGenerator (core/kinds/model_kind.h).
using GeneratorLoader = std::function<absl::StatusOr<std::unique_ptr<Generator>>(
    const std::string& bundle_dir, const std::string& device)>;

// Runs a generator's first steps, which allocate, so that the first stream does not wait for them.
absl::Status WarmGenerator(const Generator& generator);

struct DeviceLoad {
  std::string device;
  uint64_t bytes = 0;  // of the models on it, loading ones included
};
// Where the next model goes: the device with the least model memory, the first of equals. `devices` is not
// empty.
size_t PickDevice(const std::vector<DeviceLoad>& devices);

struct LoadOptions {
  // Where models may lie, in order of preference among equals.
  std::vector<std::string> devices = {"cpu"};
  // Bytes of model weights over all devices above which idle versions are unloaded, least recently used
  // first. Versions in use stay: the limit bounds what lies idle, it refuses nobody. 0: no limit.
  uint64_t idle_limit_bytes = uint64_t{4} << 30;
  // Loads at once; more would fight for the disk and the cores that streams need.
  size_t load_threads = 2;
};

// The versions that are in memory or on their way there. Thread-safe.
//
// Invariant: a READY entry's generator is shared with handles only under the mutex, so an
// entry that holds the only reference and that nobody waits for is idle, and stays so while the mutex is
// held.
class LoadedModels {
 public:
  struct View {
    VersionId id;
    ModelState state = ModelState::kUnloaded;
    std::string message;
    std::string device;
    uint64_t bytes = 0;
    GeneratorInfo info;  // meaningful in kReady
    bool in_use = false;
  };

  LoadedModels(LoadOptions options, GeneratorLoader loader);

  // The generator, loading it from `bundle_dir` if needed; all callers of one version wait for one load.
  // FAILED_PRECONDITION if it is not ready by `deadline` (the load goes on), NOT_FOUND if it is retired, or
  // the loader's error.
  absl::StatusOr<std::shared_ptr<const Generator>> Acquire(const VersionId& id, const std::string& bundle_dir,
                                                           uint64_t disk_bytes,
                                                           std::chrono::steady_clock::time_point deadline);
  // Never waits; null unless READY.
  std::shared_ptr<const Generator> AcquireIfReady(const VersionId& id);
  // FAILED_PRECONDITION while it is in use or being loaded; fine if it is not loaded.
  absl::Status Unload(const VersionId& id);
  // As Unload, and no Acquire gets it any more: it is about to be deleted. NOT_FOUND if it is retired
  // already.
  absl::Status Retire(const VersionId& id);
  // Undoes Retire: it was not deleted.
  void Reinstate(const VersionId& id);

  View Get(const VersionId& id) const;
  std::vector<View> List() const;

 private:
  struct Entry {
    ModelState state = ModelState::kUnloaded;
    absl::Status error;
    std::string device;
    uint64_t bytes = 0;  // while loading: the size on disk
    uint64_t last_use = 0;
    int waiting = 0;  // callers that its load is for
    bool retired = false;
    std::shared_ptr<const Generator> generator;
  };
  using Released = std::vector<std::shared_ptr<const Generator>>;

  void StartLoad(const VersionId& id, const std::string& bundle_dir, uint64_t disk_bytes, Released* released)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Load(const VersionId& id, const std::string& bundle_dir, const std::string& device);
  void Move(Entry* entry, ModelAction action) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MakeRoom(Released* released) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string Place() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status UnloadEntry(const VersionId& id, Entry* entry, Released* released)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static bool InUse(const Entry& entry) { return entry.generator.use_count() > 1 || entry.waiting > 0; }
  static View ViewOf(const VersionId& id, const Entry& entry);

  const LoadOptions options_;
  const GeneratorLoader loader_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::map<VersionId, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  uint64_t uses_ ABSL_GUARDED_BY(mutex_) = 0;
  // Last: its threads use all of the above until it has joined them.
  Executor executor_;
};

}  // namespace stanflow

#endif  // STANFLOW_SERVER_REGISTRY_LOADED_MODELS_H_
