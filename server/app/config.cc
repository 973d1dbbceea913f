#include "server/app/config.h"

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "server/app/config_keys.h"
#include "yaml-cpp/yaml.h"

namespace stanflow {
namespace {

// Collects what is wrong, so that one look at the answer mends it all.
class ConfigReader {
 public:
  explicit ConfigReader(std::string file) : file_(std::move(file)) {}

  void ReadYaml(const std::string& yaml) {
    // yaml-cpp throws on a syntax error only; nodes are asked for their type before they are read.
    try {
      const YAML::Node root = YAML::Load(yaml);
      if (root.IsNull()) return;
      if (root.IsMap()) {
        ReadMap(root, "");
      } else {
        Complain(At(root), "expected keys, as in 'listen: 127.0.0.1:50551'");
      }
    } catch (const YAML::Exception& e) {
      Complain(At(e.mark.line), e.msg);
    }
  }

  void ReadSet(const std::string& set) {
    const size_t equals = set.find('=');
    if (equals == std::string::npos) {
      return Complain("--set", absl::StrCat("'", set, "' is not KEY=VALUE"));
    }
    const std::string name = set.substr(0, equals);
    const ConfigKey* key = FindConfigKey(name);
    if (key == nullptr) return Unknown("--set", name);
    Set("--set", *key, SplitValue(*key, set.substr(equals + 1)));
  }

  absl::StatusOr<ServerConfig> Result() const {
    if (faults_.empty()) return config_;
    return absl::InvalidArgumentError(absl::StrJoin(faults_, "\n"));
  }

 private:
  std::string At(int line) const { return line < 0 ? file_ : absl::StrCat(file_, ":", line + 1); }
  std::string At(const YAML::Node& node) const { return At(node.Mark().line); }

  void Complain(const std::string& place, const std::string& what) {
    faults_.push_back(absl::StrCat(place, ": ", what));
  }

  void Unknown(const std::string& place, const std::string& name) {
    const std::string nearest = NearestConfigName(name);
    const std::string mend = nearest.empty() ? std::string("`stanflowd --print-config` lists all")
                                             : absl::StrCat("did you mean '", nearest, "'?");
    Complain(place, absl::StrCat("unknown key '", name, "'; ", mend));
  }

  void Set(const std::string& place, const ConfigKey& key, const std::vector<std::string>& values) {
    const absl::Status set = SetConfigValue(key, values, &config_);
    if (!set.ok()) Complain(place, std::string(set.message()));
  }

  void ReadMap(const YAML::Node& map, const std::string& prefix) {
    for (const auto& entry : map) {
      if (!entry.first.IsScalar()) {
        Complain(At(entry.first), "a key must be a word");
        continue;
      }
      ReadEntry(absl::StrCat(prefix, entry.first.Scalar()), At(entry.first), entry.second);
    }
  }

  void ReadEntry(const std::string& name, const std::string& place, const YAML::Node& value) {
    const auto [earlier, fresh] = places_.emplace(name, place);
    if (!fresh) return Complain(place, absl::StrCat("'", name, "' stands already at ", earlier->second));
    const ConfigKey* key = FindConfigKey(name);
    if (key != nullptr) return ReadValue(*key, place, value);
    if (!IsConfigSection(name)) return Unknown(place, name);
    if (value.IsNull()) return;  // a section whose keys are all commented out
    if (!value.IsMap())
      return Complain(place, absl::StrCat("'", name, "' is a section: keys stand below it"));
    ReadMap(value, absl::StrCat(name, "."));
  }

  void ReadValue(const ConfigKey& key, const std::string& place, const YAML::Node& value) {
    if (value.IsScalar()) return Set(place, key, {value.Scalar()});
    std::vector<std::string> values;
    bool readable = value.IsSequence();
    for (size_t i = 0; readable && i < value.size(); ++i) {
      readable = value[i].IsScalar();
      if (readable) values.push_back(value[i].Scalar());
    }
    if (readable) return Set(place, key, values);
    Complain(place, absl::StrCat(key.name, " has no value; expected: ", ExpectedText(key)));
  }

  // A list may be written "a,b" or "[a, b]" on the command line.
  static std::vector<std::string> SplitValue(const ConfigKey& key, std::string text) {
    ServerConfig any;
    if (!std::holds_alternative<std::vector<std::string>*>(key.field(&any))) return {text};
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    std::vector<std::string> values;
    for (const auto part : absl::StrSplit(text, ',')) values.emplace_back(absl::StripAsciiWhitespace(part));
    return values;
  }

  const std::string file_;
  ServerConfig config_;
  std::map<std::string, std::string> places_;  // of keys seen in the file
  std::vector<std::string> faults_;
};

// Text as comment lines of at most 100 columns.
void AppendComment(const std::string& indent, const std::string& text, std::string* out) {
  constexpr size_t kColumns = 100;
  std::string line = indent + "#";
  for (const auto word : absl::StrSplit(text, ' ')) {
    if (line.size() + 1 + word.size() > kColumns) {
      absl::StrAppend(out, line, "\n");
      line = indent + "#";
    }
    absl::StrAppend(&line, " ", word);
  }
  absl::StrAppend(out, line, "\n");
}

}  // namespace

absl::StatusOr<ServerConfig> ParseConfig(const std::string& yaml, const std::string& name,
                                         const std::vector<std::string>& sets) {
  ConfigReader reader(name);
  reader.ReadYaml(yaml);
  for (const std::string& set : sets) reader.ReadSet(set);
  return reader.Result();
}

absl::StatusOr<ServerConfig> LoadConfig(const std::string& path, const std::vector<std::string>& sets) {
  std::string yaml;
  if (!path.empty()) {
    STANFLOW_ASSIGN_OR_RETURN(yaml, ReadFile(path));
  }
  return ParseConfig(yaml, path, sets);
}

std::string DescribeConfig() {
  const ServerConfig defaults;
  std::string out =
      "# Every key of stanflowd with its default. All may be left out; `--set key=value` overrides the "
      "file.\n";
  std::string section;
  for (const ConfigKey& key : ConfigKeys()) {
    const size_t dot = key.name.find('.');
    const std::string in = dot == std::string::npos ? "" : key.name.substr(0, dot);
    absl::StrAppend(&out, in == section && !in.empty() ? "" : "\n");
    if (in != section) absl::StrAppend(&out, in, ":\n");
    section = in;
    const std::string indent = in.empty() ? "" : "  ";
    AppendComment(indent, absl::StrCat(key.help, " (", ExpectedText(key), ")"), &out);
    absl::StrAppend(&out, indent, key.name.substr(in.empty() ? 0 : dot + 1), ": ",
                    ConfigValueText(key, defaults), "\n");
  }
  return out;
}

}  // namespace stanflow
