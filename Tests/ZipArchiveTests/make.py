"""Writes the archives of this folder's tests with Python's zipfile: python3 Tests/ZipArchiveTests/make.py"""

import io
import pathlib
import zipfile

ENTRIES = {"config.json": b'{"answer": 42}', "folder/zeros.bin": bytes(5000), "empty": b""}


class Unseekable(io.RawIOBase):
    """A stream that cannot go back: sizes then follow the data, and only the directory knows them in time."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def main():
    folder = pathlib.Path(__file__).parent / "Archives"
    folder.mkdir(exist_ok=True)
    for name, method in [("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED), ("streamed", zipfile.ZIP_DEFLATED)]:
        with open(folder / f"{name}.zip", "wb") as file:
            with zipfile.ZipFile(Unseekable(file) if name == "streamed" else file, "w", method) as archive:
                for entry, content in ENTRIES.items():
                    archive.writestr(zipfile.ZipInfo(entry), content, method)


if __name__ == "__main__":
    main()
