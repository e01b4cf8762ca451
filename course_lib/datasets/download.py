"""Fetch CIFAR-10 from its home page, whole or not at all."""

import contextlib
import logging
import os
from pathlib import Path

from .archives import explained, part_folder, verify
from .data_folders import CIFAR10_MD5, CIFAR10_NAME, CIFAR10_URL, DatasetError, cifar10_home
from .mistaken_files import mistake

CIFAR10_BYTES = 170_498_071


def download_cifar10(
    folder: str | Path | None = None, url: str = CIFAR10_URL, md5: str = CIFAR10_MD5
) -> Path:
    """Fetch CIFAR-10's archive into `folder` (None: cifar10_home()), unless it is there already.

    Shows a progress bar. The file gets its name only when it is complete and its checksum right.
    Returns its path. Raises DatasetError.
    """
    archive = Path(os.path.expanduser(folder or cifar10_home())) / CIFAR10_NAME
    by_hand = f"try again, or fetch {url} yourself and put it at {archive}"
    if archive.is_dir():
        raise DatasetError(
            f"{archive} is a folder, where the archive should go; move it elsewhere."
        )
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
                pooch.retrieve(url, None, archive.name, part, downloader=fetch)
            verify(part / archive.name, "md5", md5)
        except requests.HTTPError as error:
            status = error.response.status_code if error.response is not None else "unknown"
            problem = f"the server answers with status {status} for {url}; {by_hand}"
            raise DatasetError(f"{archive.name} was not downloaded: {problem}.") from error
        except requests.exceptions.SSLError as error:
            problem = (
                f"there is no secure connection to {url} ({error}); if your network inspects what "
                "comes through it, ask for its certificates and name their file in the variable "
                f"REQUESTS_CA_BUNDLE; {by_hand}"
            )
            raise DatasetError(f"{archive.name} was not downloaded: {problem}.") from error
        except requests.RequestException as error:
            reason = type(error).__name__
            problem = f"no connection to {url}, or it broke off ({reason}); {by_hand}"
            raise DatasetError(f"{archive.name} was not downloaded: {problem}.") from error
        except DatasetError as error:
            raise DatasetError(_wrong_file(part / archive.name, url, by_hand)) from error
        except OSError as error:
            if error.errno:
                raise  # from writing the file
            raise DatasetError(
                f"{archive.name} was not downloaded: there is no secure connection ({error}); "
                "correct or unset the environment variables REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, "
                f"then {by_hand}."
            ) from error
        os.replace(part / archive.name, archive)
    return archive


def _wrong_file(path: Path, url: str, by_hand: str) -> str:
    with open(path, "rb") as file:
        start = file.read(512)
    what = mistake(start) or "has the wrong checksum"
    if "web page" in what:
        what += "; perhaps this network wants you to log in first, on a page in your browser"
    return f"{path.name} was not downloaded: what {url} sends {what}; {by_hand}."
