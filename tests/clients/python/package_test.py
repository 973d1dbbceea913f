#!/usr/bin/env python3
"""Builds the Python client's source distribution and wheel, installs the wheel beside what its tests need, runs them.

  package_test.py REPOSITORY FOLDER PROGRAMS [PYTEST_ARGUMENT...]

FOLDER keeps the virtual environment; what is in it already is not installed again. Packages come from the package index
that pip is set up for, the first time only. PROGRAMS: folder of stanflowd, stanflow-worker and stanflow.
"""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import venv

# What a package is made of, as seen from the repository's root.
PARTS = ("client/python/setup.py", "client/python/pyproject.toml", "client/python/README.md", "client/python/src",
         "proto/stanflow")
MADE = shutil.ignore_patterns("*_pb2.py", "*_pb2.pyi", "*_pb2_grpc.py", "*.egg-info", "__pycache__")


def copied(repository, to):
    """Building writes beside its sources, and a repository may be read-only."""
    shutil.rmtree(to, ignore_errors=True)
    for part in PARTS:
        source, target = repository / part, to / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=MADE)
        else:
            shutil.copy(source, target)
    return to / "client" / "python"


def digest(package):
    root = package.parents[1]
    out = hashlib.sha256(sys.version.encode())
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        out.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return out.hexdigest()


def run(*command, **more):
    print("+", *command, flush=True)
    if subprocess.run([*map(str, command)], **more).returncode:
        sys.exit("package_test: this failed: " + " ".join(map(str, command)))


def install(package, environment):
    """The wheel is made of the source distribution, so that both are known to be whole."""
    shutil.rmtree(environment, ignore_errors=True)
    venv.create(environment, with_pip=True)
    python, made = environment / "bin" / "python", environment / "packages"
    pip = (python, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "build")
    run(python, "-m", "build", "--outdir", made, package)
    wheel, = made.glob("*.whl")
    run(*pip, "install", "--quiet", f"stanflow[test] @ {wheel.as_uri()}")


def main():
    repository, folder, programs = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    package = copied(repository, folder / "sources")
    environment = folder / "environment"
    installed, wanted = environment / "installed", digest(package)
    if not installed.is_file() or installed.read_text() != wanted:
        install(package, environment)
        installed.write_text(wanted)  # last: marks it as complete
    tests = repository / "client" / "python" / "tests"
    run(environment / "bin" / "python", "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rs", tests, *sys.argv[4:],
        cwd=folder, env={**os.environ, "STANFLOW_BIN": str(programs), "PYTHONDONTWRITEBYTECODE": "1"})


if __name__ == "__main__":
    main()
