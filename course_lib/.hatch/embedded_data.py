"""Put the data that the course brings along into the wheel: datasets/data_folders.py looks there.
And the package's own two modules: pyproject.toml can move only folders.

An installation in place (pip install -e) reads data/ beside the package and needs no copy.
"""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULES = ("__init__.py", "__main__.py")
FILES = ("pictograms-10-python.tar.gz", "digits.csv.gz", "README.md")


class EmbeddedData(BuildHookInterface):
    def initialize(self, version, build_data):
        if version == "standard":
            root = Path(self.root)
            data = {str(root.parent / "data" / name): f"course_lib/data/{name}" for name in FILES}
            own = {str(root / name): f"course_lib/{name}" for name in MODULES}
            build_data["force_include"] |= data | own
