import subprocess
import sys
from pathlib import Path

import pytest

UNPACK = Path(__file__).resolve().parent.parent.parent / "shared" / "cifar10" / "unpack.py"


@pytest.fixture(scope="session")
def real_cifar10_folder(tmp_path_factory):
    """A folder with cifar-10-batches-py/ in it, the real images in the published format.

    Point COURSE_DATA_DIR to it. Skips where the images do not lie beside the course's folder.
    """
    if not UNPACK.exists():
        pytest.skip(f"the real CIFAR-10 is not at {UNPACK}; the course's own data does without it")
    folder = tmp_path_factory.mktemp("cifar10")
    subprocess.run([sys.executable, UNPACK, folder], check=True, capture_output=True)
    return folder
