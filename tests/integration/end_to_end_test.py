#!/usr/bin/env python3
"""The whole path with the built programs: a real server on loopback, its worker processes, the command line.

  end_to_end_test.py FOLDER_OF_THE_PROGRAMS
"""
import csv
import json
import lzma
import os
import subprocess
import sys
import tempfile
import unittest

from server_under_test import LIMIT_S, Server, free_port, limited, read

BIN = ""
# Nets so small that a training takes seconds; what they learn is not the point here.
SMALL = [arg for option in ("width=8", "state=8", "hidden=16") for arg in ("--set", option)]


class EndToEnd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.server = Server(BIN, cls.temporary.name)
        cls.server.start()
        office = cls.file("office.csv")
        cls.server.run("simulate", "--rows", 12000, "--seed", 1, "--output", office)
        cls.dataset = cls.server.json("datasets", "import", "office", office, "--home", "10.0.0.0/16",
                                      "--holdout", "hours=odd")["dataset"]
        cls.trained = cls.server.json("train", "--dataset", "office", "--model", "edge", "--set", "epochs=1", *SMALL,
                                      "--wait")

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        cls.temporary.cleanup()

    @classmethod
    def file(cls, name):
        return os.path.join(cls.temporary.name, name)

    def weights_of(self, model):
        return self.server.json("models", "describe", model)["manifest"]["weights_sha256"]

    def test_every_row_of_the_simulator_is_imported_and_training_reads_none_that_is_held_out(self):
        self.assertEqual(self.dataset["rows"], 12000)
        self.assertEqual(self.dataset["rejected_rows"], 0)
        self.assertEqual(self.dataset["train_rows"] + self.dataset["holdout_rows"], 12000)
        manifest = self.server.json("models", "describe", "edge")["manifest"]
        self.assertLessEqual(manifest["training_rows"], self.dataset["train_rows"])
        self.assertEqual(manifest["holdout"], "hours=odd")

    def test_what_generate_writes_is_what_import_reads_and_what_evaluate_judges(self):
        flows, report = self.file("syn.csv"), self.file("report.html")
        same = ["--hosts", 5, "--rows", 3000, "--seed", 7]
        self.server.run("generate", "--model", "edge", *same, "--format", "csv", "--output", flows)
        with open(flows) as lines:
            times = [row["te"] for row in csv.DictReader(lines)]
        self.assertEqual(len(times), 3000)
        self.assertEqual(times, sorted(times))
        of_file = self.server.json("evaluate", "--model", "edge", "--dataset", "office", "--synthetic", flows,
                                   "--task-rows", 0, "--report", report)
        of_flags = self.server.json("evaluate", "--model", "edge", "--dataset", "office", "--task-rows", 0, *same)
        self.assertEqual(of_file["rows_synthetic"], 3000)
        for attribute, jsd in of_flags["jsd"].items():
            for figure in ("value", "floor", "last_quarter", "last_quarter_floor"):
                self.assertEqual(of_file["jsd"][attribute][figure], jsd[figure], attribute)
        for rule, shares in of_flags["rules"].items():
            self.assertEqual(of_file["rules"][rule]["synthetic"], shares["synthetic"], rule)
        self.assertEqual(of_file["likelihood"], of_flags["likelihood"])
        self.assertEqual(of_file["rules"]["T1"]["synthetic"], 1)
        self.assertIn("<svg", read(report).decode())

    def test_64_streams_at_once_are_64_streams_one_by_one_to_the_byte(self):
        def flags(i):
            return ["generate", "--model", "edge", "--hosts", 1 + i % 9, "--rows", 300, "--seed", i, "--chunk-rows",
                    1 + 37 * (i % 11)]

        together = [self.server.start_command(*flags(i)) for i in range(64)]
        outputs = [process.communicate(timeout=LIMIT_S)[0] for process in together]
        self.assertEqual([process.returncode for process in together], [0] * 64)
        for i in range(64):
            self.assertEqual(self.server.run(*flags(i)).stdout, outputs[i], "stream %d" % i)

    def test_a_training_whose_server_is_killed_ends_by_itself_with_the_weights_of_an_unbroken_one(self):
        flags = ["train", "--dataset", "office", "--set", "epochs=3", *SMALL, "--seed", 5]
        self.server.run(*flags, "--model", "whole", "--wait")
        job = self.server.json(*flags, "--model", "broken")["name"]
        watch = self.server.start_command("jobs", "watch", job, "--json")
        with limited(watch):
            for line in watch.stdout:
                # The first progress comes after the first checkpoint.
                if (json.loads(line)["progress"] or {}).get("fraction", 0) > 0:
                    break
        self.server.kill()
        self.server.start()
        errors = watch.communicate(timeout=LIMIT_S)[1]
        self.assertEqual(watch.returncode, 0, errors)
        ended = self.server.json("jobs", "get", job)
        self.assertEqual((ended["state"], ended["attempts"], ended["failures"]), ("SUCCEEDED", 2, 0))
        self.assertEqual(self.weights_of("broken"), self.weights_of("whole"))

    def test_a_stream_whose_server_is_killed_goes_on_without_a_gap_or_a_repeat(self):
        flags = ["generate", "--model", "edge", "--hosts", 40, "--rows", 100000, "--seed", 3]
        whole = self.server.run(*flags).stdout
        client = self.server.start_command(*flags)
        with limited(client):
            # Nobody reads on: the rest of the stream waits at the server, and is lost with it.
            flows = client.stdout.read(3000000)
            self.server.kill()
            self.server.start()
            flows += client.stdout.read()
            errors = client.stderr.read()
        self.assertEqual(client.wait(LIMIT_S), 0, errors)
        self.assertIn("the stream broke after", errors)
        self.assertTrue(flows == whole, "the continued stream is not the unbroken one")

    def test_a_second_server_on_the_same_folder_is_refused(self):
        second = subprocess.run([os.path.join(BIN, "stanflowd"), "--set", "data_dir=" + self.file("data"), "--set",
                                 "listen=127.0.0.1:%d" % free_port(), "--set",
                                 "metrics_listen=127.0.0.1:%d" % free_port()],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S)
        self.assertNotEqual(second.returncode, 0)
        self.assertIn("another stanflowd uses the data folder", second.stdout)

    def test_wrong_inputs_are_answered_by_what_is_wrong_and_what_would_do(self):
        office, bundle = self.file("office.csv"), self.file("edge.tar")
        wrong, bomb, broken = self.file("wrong.csv"), self.file("bomb.xz"), self.file("broken.tar")
        self.server.run("models", "export", "edge", "--output", bundle)
        damaged = bytearray(read(bundle))
        damaged[len(damaged) // 2] ^= 255
        with open(office) as lines:
            header, row = lines.readline(), lines.readline()
        for path, content in ((wrong, b"time,src,dst,bytes\n1,2,3,4\n"), (broken, bytes(damaged)),
                              (bomb, lzma.compress((header + 500000 * row).encode(), preset=0))):
            with open(path, "wb") as file:
                file.write(content)
        home = ["--home", "10.0.0.0/16"]
        for args, code, says in [
                (["generate", "--model", "egde", "--rows", 1], 3, "there are: "),
                (["generate", "--model", "edge@prod", "--rows", 1], 3, "no alias 'prod'"),
                (["models", "alias", "edge", "7prod", 1], 2, "'7prod' is no alias"),
                (["train", "--dataset", "ofice", "--model", "m"], 3, "there are: office"),
                (["train", "--dataset", "office", "--model", "m", "--set", "widht=3"], 2, "it has width"),
                (["datasets", "import", "w", wrong, *home], 4, "line 1 has 4 columns, ugr16-csv has 13"),
                (["datasets", "import", "w", office, "--home", "192.168.0.0/16"], 4, "none of the 12000 rows"),
                (["datasets", "import", "w", bomb, *home], 4, "not a flow file"),
                (["datasets", "import", "w", self.file("none.csv"), *home], 3, "there is no file"),
                (["models", "import", "edge", broken], 1, "bundle: model.safetensors: its SHA-256"),
                (["models", "import", "edge", office], 2, "models export"),
        ]:
            done = self.server.run(*args, check=False)
            self.assertEqual(done.returncode, code, (args, done.stderr))
            self.assertIn(says, done.stderr, args)
        self.assertEqual([d["name"] for d in self.server.json("datasets", "list")["datasets"]], ["datasets/office"])

    def test_sigterm_ends_the_server_cleanly_and_nothing_is_lost(self):
        before = self.server.json("models", "list")
        self.assertEqual(self.server.terminate(), 0)
        self.server.start()
        after = self.server.json("models", "list")
        self.assertEqual([m["name"] for m in after["models"]], [m["name"] for m in before["models"]])


if __name__ == "__main__":
    BIN = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
