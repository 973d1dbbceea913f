"""Metrics, dashboards, alerts and what is written of them name the same things. Reads files only."""
import json
import pathlib
import re
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus" / "rules"
METRIC = re.compile(r"\b((?:stanflow|process)_[a-z_]+)(?=\{|\[|\)| |$)", re.M)


def read(path):
    return (ROOT / path).read_text()


def rules():
    return "\n".join(path.read_text() for path in sorted(RULES.glob("*.yml")))


def alerts():
    return re.findall(r"^ *- alert: (\w+)$", rules(), re.M)


def asked():
    """The metrics that panels and rules ask for."""
    expressions = [target["expr"] for path in (DEPLOY / "grafana" / "dashboards").glob("*.json")
                   for panel in json.loads(path.read_text())["panels"] for target in panel.get("targets", [])]
    no_expression = re.compile(r" *(#|- name:|- alert:|- record:|summary:|description:|runbook:)")
    expressions += [line for line in rules().splitlines() if not no_expression.match(line)]
    return {name for expression in expressions for name in METRIC.findall(expression)}


def services():
    return yaml.safe_load(read("docker-compose.yml"))["services"]


def family(series):
    """A histogram's series are asked for by three names that no table lists."""
    return re.sub(r"_(bucket|sum|count)$", "", series)


def documented():
    return set(re.findall(r"^\| `((?:stanflow|process)_[a-z_]+)` \|", read("docs/metrics.md"), re.M))


class Deploy(unittest.TestCase):
    def test_panels_and_rules_ask_for_metrics_that_there_are(self):
        names = asked()
        self.assertGreater(len(names), 30)
        self.assertEqual({name for name in names if not {name, family(name)} & documented()}, set())

    def test_every_alert_has_a_section_that_it_names_and_no_section_is_left_over(self):
        self.assertEqual(re.findall(r"^ *runbook: docs/operating\.md#(\w+)$", rules(), re.M),
                         [name.lower() for name in alerts()])
        self.assertEqual(sorted(re.findall(r"^### (Stanflow\w+)$", read("docs/operating.md"), re.M)), sorted(alerts()))

    def test_every_alert_is_tested(self):
        tests = "\n".join(path.read_text() for path in (RULES / "tests").glob("*.yaml"))
        self.assertEqual([name for name in alerts() if '"%s"' % name not in tests], [])

    def test_images_carry_the_projects_version(self):
        version = re.search(r"project\(stanflow VERSION (\S+)", read("CMakeLists.txt")).group(1)
        self.assertIn('image.version="%s"' % version, read("Dockerfile"))
        self.assertEqual(set(re.findall(r"image: stanflow:(\S+)", read("docker-compose.yml"))), {version})

    def test_what_the_compose_file_mounts_and_builds_is_there(self):
        for name, service in services().items():
            mounts = [part.split(":")[0] for part in service["volumes"]] if "volumes" in service else []
            for path in [part for part in mounts + [service.get("build", ".")] if part[0] == "."]:
                self.assertTrue((ROOT / path).exists(), "%s: %s" % (name, path))

    def test_services_need_no_rights_and_publish_on_the_loopback_only(self):
        for name, service in services().items():
            self.assertEqual((service["read_only"], service["cap_drop"]), (True, ["ALL"]), name)
            self.assertIn(":", service["image"], name)
            for port in service.get("ports", []):
                self.assertTrue(port.startswith("127.0.0.1:"), port)

    def test_every_panel_says_what_it_shows_and_in_which_unit(self):
        for path in (DEPLOY / "grafana" / "dashboards").glob("*.json"):
            for panel in json.loads(path.read_text())["panels"]:
                if panel["type"] == "row":
                    self.assertTrue(panel["title"].endswith("?"), panel["title"])
                else:
                    self.assertTrue(panel["description"] and panel["fieldConfig"]["defaults"]["unit"], panel["title"])


if __name__ == "__main__":
    unittest.main()
