#ifndef STANFLOW_SERVER_REGISTRY_BUNDLE_ARCHIVE_H_
#define STANFLOW_SERVER_REGISTRY_BUNDLE_ARCHIVE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace stanflow {

// A model bundle as one uncompressed tar file (pax), as `stanflow models export` writes it: the files of
// the bundle's folder, without what the server keeps beside them. The same bundle gives the same bytes.
absl::Status WriteBundleArchive(const std::string& bundle_dir, const std::string& tar_path);

// Unpacks into the empty folder `dir`, each file synced. Only plain files at the top level are
// taken: INVALID_ARGUMENT names any other entry (a path with '/', a link, a device), a damaged
// archive, one without manifest.json, and one of more than `max_bytes` unpacked.
absl::Status ReadBundleArchive(const std::string& tar_path, const std::string& dir, uint64_t max_bytes);

}  // namespace stanflow

#endif  // STANFLOW_SERVER_REGISTRY_BUNDLE_ARCHIVE_H_
