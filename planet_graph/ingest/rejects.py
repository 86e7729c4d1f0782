"""Rows that were not taken, written where people can mend them."""

import csv
from pathlib import Path
from typing import IO, Any


class Rejects:
    """`rejects.csv`: file, line, reason. The file of the run before is replaced when this run is closed well."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "rejects.csv"
        self._new = folder / "rejects.csv.new"
        self._file: IO[str] = self._new.open("w", encoding="utf-8", newline="")
        self._writer: Any = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(("file", "line", "reason"))

    def add(self, file: str, line: int, reason: str) -> None:
        """Write one row down."""
        self._writer.writerow((file, line, reason))

    def keep(self) -> None:
        """Put the list in the place of the earlier one."""
        self._file.close()
        self._new.replace(self.path)

    def close(self) -> None:
        """Forget a list that was not kept."""
        self._file.close()
        self._new.unlink(missing_ok=True)
