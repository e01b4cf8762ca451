"""What a file is that should have been a batch or an archive: the mistakes that people report."""

KINDS = {
    b"version https://git-lfs": "is a pointer of Git LFS (`git lfs pull` fetches the file itself)",
    b"PK\x03\x04": "is a zip file",
    b"MATLAB": "is a MATLAB file",
    b"PAR1": "is a Parquet file",
    b"\x89HDF": "is an HDF5 file",
    b"BZh": "is compressed with bzip2",
    b"\xfd7zXZ": "is compressed with xz",
    b"\x93NUMPY": "is a NumPy file (.npy)",
    b"\x00\x05\x16\x07": "is a note that macOS makes beside a file, not the file itself",
}


def mistake(start: bytes) -> str | None:
    """Name what a file is from its first bytes, if it is something else than data; else None.

    The answer has the file as its subject: "is empty".
    """
    if not start:
        return "is empty"
    if start.lstrip()[:1] == b"<":
        return "is a web page (HTML), not data"
    return next((kind for sign, kind in KINDS.items() if start.startswith(sign)), None)


def garbled(content: bytes) -> str | None:
    """Name what was done to a damaged file by a program that took it for a text; else None.

    content: as much of the file as there is. Of a file's line feeds, one in 256 follows a carriage
    return by chance.
    """
    if 2 < content.count(b"\n") == content.count(b"\r\n"):
        return (
            "was changed on its way as if it were a text, with lines that end as on Windows (Git's "
            "core.autocrlf does that, or FTP in text mode)"
        )
    if content.count("\ufffd".encode()) > len(content) / 100:
        return "was opened and saved as a text, which destroyed it"
    return None
