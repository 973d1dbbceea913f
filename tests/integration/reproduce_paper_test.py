#!/usr/bin/env python3
"""The reproduction of the paper with the built programs, on so few flows that it takes seconds.

  reproduce_paper_test.py FOLDER_OF_THE_PROGRAMS
"""
import json
import os
import sys
import unittest

from server_under_test import read, server_of_its_own

BIN = ""
MODELS = {"stan", "stan_paper", "b1", "b2", "b3", "b4"}


class ReproducePaper(unittest.TestCase):
    def test_it_judges_every_model_and_the_same_command_again_does_nothing_again(self):
        with server_of_its_own(BIN) as (server, folder):
            self.use(server, folder)

    def use(self, server, folder):
        office = os.path.join(folder, "office.csv")
        server.run("simulate", "--rows", 3000, "--seed", 1, "--output", office)
        command = ["reproduce", "paper", "--real", office, "--home", "10.0.0.0/16", "--minutes-per-model", 0.03,
                   "--rows", 500, "--task-rows", 0, "--output", os.path.join(folder, "paper")]
        made = server.json(*command)
        paper = json.loads(read(made["json"]))
        self.assertLessEqual(MODELS, set(paper["tables"]["2"]))
        self.assertLessEqual(MODELS, set(paper["figures"]["5"]))
        self.assertIn("<svg", read(made["html"]).decode())
        os.remove(made["html"])
        again = server.json(*command)
        self.assertEqual(again["job"]["name"], made["job"]["name"])
        self.assertIn("<svg", read(made["html"]).decode())
        self.assertEqual(len(server.json("models", "list")["models"]), len(MODELS))


if __name__ == "__main__":
    BIN = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
