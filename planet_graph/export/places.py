"""Files that appear whole or not at all."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class CannotWrite(Exception):
    """A place where no file can be written; nothing was begun. It says what to do."""


def place(out: Path, name: str) -> Path:
    """Return the file to write: `out` itself, or a file of this name in it where it is a folder."""
    return out / name if out.is_dir() else out


@contextmanager
def appearing(path: Path) -> Generator[Path]:
    """Yield a name to write to, which becomes `path` when the block is done, and goes away when it fails.

    Raises: CannotWrite before anything is written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.open("xb").close()
    except FileExistsError:
        raise CannotWrite(
            f"{part} is there: another command writes {path.name}, or one was killed; end it, or remove the file."
        ) from None
    except OSError as error:
        raise CannotWrite(
            f"{path} cannot be written ({error.strerror}): name a file in a folder that is there and yours to write."
        ) from None
    try:
        yield part
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
