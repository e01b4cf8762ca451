"""Put the data that the course brings along into the wheel: datasets/data_folders.py looks there.

An installation in place (pip install -e) reads data/ beside the package and needs no copy.
"""

from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FILES = ("pictograms-10-python.tar.gz", "digits.csv.gz", "README.md")


class EmbeddedData(BuildHookInterface):
    def initialize(self, version, build_data):
        if version == "standard":
            data = Path(self.root).parent / "data"
            build_data["force_include"] |= {str(data / name): f"data/{name}" for name in FILES}
