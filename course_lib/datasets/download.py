"""Fetch CIFAR-10 from its home page, whole or not at all."""

import contextlib
import logging
import os
from pathlib import Path

from .archives import explained, part_folder, verify
from .data_folders import CIFAR10_MD5, CIFAR10_NAME, CIFAR10_URL, DatasetError, cifar10_home

CIFAR10_BYTES = 170_498_071


def download_cifar10(
    folder: str | Path | None = None, url: str = CIFAR10_URL, md5: str = CIFAR10_MD5
) -> Path:
    """Fetch CIFAR-10's archive into `folder` (None: cifar10_home()), unless it is there already.

    Shows a progress bar. The file gets its name only when it is complete and its checksum right.
    Returns its path. Raises DatasetError.
    """
    archive = Path(folder or cifar10_home()) / CIFAR10_NAME
    by_hand = f"try again, or fetch {url} yourself and put it at {archive}"
    if archive.is_file():
        with contextlib.suppress(DatasetError):
            verify(archive, "md5", md5)
            return archive
    import pooch
    import requests
    from tqdm import tqdm

    pooch.get_logger().setLevel(logging.WARNING)
    with explained(archive, "cannot be written"), part_folder(archive) as part:
        try:
            with tqdm(total=CIFAR10_BYTES, unit="B", unit_scale=True, ncols=79) as bar:
                fetch = pooch.HTTPDownloader(progressbar=bar)
                pooch.retrieve(url, f"md5:{md5}", archive.name, part, downloader=fetch)
        except requests.HTTPError as error:
            status = error.response.status_code if error.response is not None else "unknown"
            problem = f"the server answers with status {status} for {url}; {by_hand}"
            raise DatasetError(f"{archive.name} was not downloaded: {problem}.") from error
        except requests.RequestException as error:
            reason = type(error).__name__
            problem = f"no connection to {url}, or it broke off ({reason}); {by_hand}"
            raise DatasetError(f"{archive.name} was not downloaded: {problem}.") from error
        except ValueError as error:
            problem = f"what {url} sends has the wrong checksum; {by_hand}"
            raise DatasetError(f"{archive.name} was not downloaded: {problem}.") from error
        os.replace(part / archive.name, archive)
    return archive
