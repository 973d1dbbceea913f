"""The package itself."""
import importlib.metadata
import importlib.resources
import inspect
import os
import pathlib
import re
import subprocess
import sys

import pytest
import stanflow
from conftest import REPOSITORY

# Each class, and the same for asyncio.
FACES = (
    (stanflow.Client, stanflow.aio.Client),
    (stanflow.FlowStream, stanflow.aio.FlowStream),
    (stanflow.jobs.Jobs, stanflow.aio.jobs.Jobs),
    (stanflow.models.Models, stanflow.aio.models.Models),
    (stanflow.datasets.Datasets, stanflow.aio.datasets.Datasets),
)


def run(*arguments, **environment):
    done = subprocess.run([sys.executable, "-m", *map(str, arguments)], env={**os.environ, **environment}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_its_version_is_the_projects():
    project = (REPOSITORY / "CMakeLists.txt").read_text()
    assert importlib.metadata.version("stanflow") == re.search(r"project\(stanflow VERSION (\S+)", project).group(1)


def test_it_says_that_it_is_typed():
    assert (importlib.resources.files("stanflow") / "py.typed").is_file()


def test_both_clients_have_the_same_methods_and_arguments():
    for sync, other in FACES:
        methods = {name: member for name, member in inspect.getmembers(sync, inspect.isfunction) if name[0] != "_"}
        for name, method in methods.items():
            twin = getattr(other, "aclose" if name == "close" and sync is stanflow.FlowStream else name)
            assert inspect.signature(method).parameters == inspect.signature(twin).parameters, (sync, name)


def test_its_types_hold(tmp_path):
    pytest.importorskip("mypy")
    configuration = REPOSITORY / "client" / "python" / "pyproject.toml"
    run("mypy", "--strict", "--config-file", configuration, "--cache-dir", tmp_path, "-p", "stanflow")


@pytest.mark.parametrize("runtime", ["upb", "python"])
def test_columns_are_read_by_every_runtime_of_protobuf(runtime):
    # Which runtime it is is settled when protobuf is imported: another process.
    tests = pathlib.Path(__file__).parent / "test_columns.py"
    run("pytest", "-q", "-p", "no:cacheprovider", tests, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=runtime)


def public_methods():
    """Of everything that a caller gets hold of, properties too."""
    things = {getattr(stanflow, name) for name in stanflow.__all__}.union(*FACES)
    for thing in filter(inspect.isclass, things):
        # What a base outside of the package gives is not this package's to explain.
        for name, member in inspect.getmembers(thing):
            function = member.fget if isinstance(member, property) else member
            if name[0] != "_" and getattr(function, "__module__", "").startswith("stanflow"):
                yield f"{thing.__module__}.{thing.__name__}.{name}", member


def test_every_public_method_says_what_it_does():
    methods = dict(public_methods())
    assert {"stanflow.client.Client.close", "stanflow.aio.client.Client.train", "stanflow.aio.jobs.Jobs.wait",
            "stanflow.stream.FlowStream.rows"} <= methods.keys()
    assert [name for name, method in methods.items() if not inspect.getdoc(method)] == []


def test_every_public_name_is_in_the_reference_and_says_what_it_is(tmp_path):
    pytest.importorskip("pdoc")
    run("pdoc", "--output-directory", tmp_path, "stanflow")
    index = (tmp_path / "stanflow.html").read_text()
    for name in stanflow.__all__:
        thing = getattr(stanflow, name)
        assert inspect.getdoc(thing), name
        assert f'id="{name}"' in index or (inspect.ismodule(thing) and f'href="stanflow/{name}.html"' in index), name
