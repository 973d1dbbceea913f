#include <set>
#include <sstream>

#include "client/cli/lib/to_json.h"
#include "tests/cli/cli_testing.h"

namespace stanflow {
namespace {

// "rejected[].line" for every field that is there; the keys of `free` are names of the user's own.
void AddPaths(const nlohmann::json& value, const std::string& path, const std::set<std::string>& free,
              std::set<std::string>* out) {
  if (free.count(path) > 0) return;
  if (value.is_array()) {
    for (const auto& item : value) AddPaths(item, path + "[]", free, out);
  }
  if (!value.is_object()) return;
  for (const auto& [key, inner] : value.items()) {
    const std::string name = path.empty() ? key : path + "." + key;
    out->insert(name);
    AddPaths(inner, name, free, out);
  }
}

class JsonFields : public CliTest {
 protected:
  void SetUp() override {
    server_.jobs.job.set_error_code("INTERNAL");
    server_.jobs.job.set_error_message("the first attempt failed");
  }

  // What is printed has exactly the fields that the reference names for it.
  void ExpectShape(const std::string& name, const nlohmann::json& printed,
                   const std::set<std::string>& free = {}) {
    std::set<std::string> documented, found;
    for (const JsonShape& shape : AllJsonShapes()) {
      if (shape.name != name) continue;
      for (const JsonField& field : shape.fields) documented.insert(field.path);
    }
    AddPaths(printed, "", free, &found);
    EXPECT_EQ(documented, found) << name << ": " << printed.dump(2);
    tested_.insert(name);
  }

  std::set<std::string> tested_;
};

TEST_F(JsonFields, AreThoseOfTheReference) {
  const std::set<std::string> kJobFree = {"request", "figures"};
  const std::string file = dir_.Write("flows.csv", "x");
  ExpectShape("dataset", JsonOf({"datasets", "describe", "ugr", "--json"}), {"ranges"});
  ExpectShape("datasets", JsonOf({"datasets", "list", "--json"}), {"datasets"});
  ExpectShape("import", JsonOf({"datasets", "import", "ugr", file, "--home", "10.0.0.0/8", "--json"}),
              {"job", "dataset"});
  ExpectShape("job", JsonOf({"jobs", "get", "train-1", "--json"}), kJobFree);
  ExpectShape("jobs", JsonOf({"jobs", "list", "--json"}), {"jobs"});
  std::istringstream events(Output({"jobs", "watch", "train-1", "--json"}));
  std::string line;
  std::getline(events, line);
  ExpectShape("event", nlohmann::json::parse(line), {"progress"});
  ExpectShape("model", JsonOf({"models", "describe", "edge@3", "--json"}), {"manifest"});
  ExpectShape("models", JsonOf({"models", "list", "--json"}), {"models"});
  ExpectShape("alias", JsonOf({"models", "alias", "edge", "prod", "3", "--json"}));
  ExpectShape("deleted", JsonOf({"datasets", "delete", "ugr", "--json"}));
  ExpectShape("export", JsonOf({"models", "export", "edge@3", "--output", dir_.File("e.tar"), "--json"}));
  ExpectShape("generated", JsonOf({"generate", "--model", "edge", "--rows", "10", "--output",
                                   dir_.File("s.csv"), "--json"}));
  ExpectShape("simulated", JsonOf({"simulate", "--rows", "10", "--output", dir_.File("o.csv"), "--json"}));
  ExpectShape("reproduced",
              JsonOf({"reproduce", "paper", "--real", file, "--home", "10.0.0.0/8", "--output",
                      dir_.File("paper"), "--json"}),
              {"job"});
  ExpectShape("status", JsonOf({"status", "--json"}));
  for (const JsonShape& shape : AllJsonShapes()) EXPECT_EQ(tested_.count(shape.name), 1u) << shape.name;
}

TEST_F(JsonFields, GiveTimesAndNumbersAsTheyAreDocumented) {
  const auto job = JsonOf({"jobs", "get", "train-1", "--json"});
  EXPECT_EQ(job["name"], "jobs/train-1");
  EXPECT_EQ(job["state"], "SUCCEEDED");
  EXPECT_EQ(job["create_time"], "2016-04-11T00:00:00Z");
  EXPECT_EQ(job["request"]["seed"], 1);
  EXPECT_TRUE(job["progress"]["seconds_left"].is_null());
  const auto dataset = JsonOf({"datasets", "describe", "ugr", "--json"});
  EXPECT_EQ(dataset["rejected"][0]["line"], 17);
  EXPECT_EQ(dataset["ranges"]["packets"]["max"], 9);
}

TEST_F(JsonFields, AndFlagsInTheReferenceAreTheProgramsOwn) {
  std::ifstream file(STANFLOW_CLI_REFERENCE);
  std::stringstream committed;
  committed << file.rdbuf();
  EXPECT_EQ(committed.str(), Output({"reference"})) << "make it anew: stanflow reference > docs/cli.md";
}

}  // namespace
}  // namespace stanflow
