"""Makes the messages and stubs out of the .proto files while the wheel is built.

They are not committed. Generated code refuses a protobuf runtime that is older than the compiler that made it, and
one that is two major versions newer (https://protobuf.dev/support/cross-version-runtime-guarantee/): made here, the
wheel can ask for exactly what its compiler demands, and no committed file can fall behind proto/.
"""
import importlib.metadata
import pathlib
import shutil

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE / "src"
# In the repository these are the server's own; a source distribution carries a copy.
CARRIED = HERE / "proto"
PROTO = CARRIED if CARRIED.is_dir() else HERE.parents[1] / "proto"


def generate(out):
    import grpc_tools
    from grpc_tools import protoc

    well_known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    arguments = ["protoc", f"-I{PROTO}", f"-I{well_known}", f"--python_out={out}", f"--pyi_out={out}",
                 f"--grpc_python_out={out}", *map(str, sorted(PROTO.glob("stanflow/v1/*.proto")))]
    if protoc.main(arguments) != 0:
        raise RuntimeError("protoc failed: " + " ".join(arguments))


class BuildPy(build_py):
    def run(self):
        if not self.editable_mode:
            # A build in this folder before may have left files that are no longer part of the package.
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        # An editable install is the source folder itself.
        generate(SOURCES if self.editable_mode else self.build_lib)


class SDist(sdist):
    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        shutil.copytree(PROTO / "stanflow", pathlib.Path(base_dir) / "proto" / "stanflow", dirs_exist_ok=True)


def requirements():
    protobuf = importlib.metadata.version("protobuf")
    return [
        "grpcio>=" + importlib.metadata.version("grpcio-tools"),
        f"protobuf>={protobuf},<{int(protobuf.split('.')[0]) + 2}",
        "numpy>=1.22",
    ]


setup(cmdclass={"build_py": BuildPy, "sdist": SDist}, install_requires=requirements())
