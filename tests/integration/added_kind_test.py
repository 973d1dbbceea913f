#!/usr/bin/env python3
"""A kind of model that was added by one file and one line of the table, in the programs otherwise as they are.

  added_kind_test.py FOLDER_OF_THE_PROGRAMS FOLDER_OF_THE_COMMAND_LINE
"""
import csv
import os
import sys
import unittest

from server_under_test import server_of_its_own

PROGRAMS, CLI = "", ""


def flow_of(row):
    """What a resampled flow keeps of its original: all but the time and the home host's address."""
    local = {"10.0": "home"}
    sides = [local.get(".".join(row[side].split(".")[:2]), row[side]) for side in ("sa", "da")]
    return tuple(sides) + tuple(row[c] for c in ("td", "sp", "dp", "pr", "flg", "stos", "pkt", "byt"))


def read_flows(path):
    with open(path) as lines:
        return list(csv.DictReader(lines))


class AddedKind(unittest.TestCase):
    def test_it_trains_serves_and_evaluates_like_any_other(self):
        with server_of_its_own(PROGRAMS, CLI) as (server, folder):
            self.use(server, folder)

    def use(self, server, folder):
        office, flows = os.path.join(folder, "office.csv"), os.path.join(folder, "syn.csv")
        server.run("simulate", "--rows", 12000, "--seed", 1, "--output", office)
        server.run("datasets", "import", "office", office, "--home", "10.0.0.0/16", "--holdout", "hours=odd")
        trained = server.json("train", "--dataset", "office", "--model", "again", "--preset", "resampler", "--wait")
        self.assertEqual(trained["figures"]["training_rows"], trained["figures"]["parameters"] // 11)
        refused = server.run("train", "--dataset", "office", "--model", "m", "--preset", "causal", check=False)
        self.assertIn("there are b1, resampler", refused.stderr)

        server.run("generate", "--model", "again", "--hosts", 5, "--rows", 2000, "--seed", 7, "--output", flows)
        drawn = read_flows(flows)
        self.assertEqual(len(drawn), 2000)
        self.assertLessEqual({flow_of(row) for row in drawn}, {flow_of(row) for row in read_flows(office)})

        report = server.json("evaluate", "--model", "again", "--dataset", "office", "--hosts", 5, "--rows", 2000,
                             "--task-rows", 0)
        self.assertEqual(report["rows_synthetic"], 2000)
        self.assertNotIn("exact_nats_per_row", report.get("likelihood") or {})
        self.assertTrue(any("No likelihood" in note for note in report["notes"]), report["notes"])
        self.assertLess(report["jsd"]["protocol"]["value"], 0.02)


if __name__ == "__main__":
    CLI = os.path.abspath(sys.argv.pop(2))
    PROGRAMS = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
