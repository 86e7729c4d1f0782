"""Hot groups as they were at given times, by the outside's ids, as a file for programs."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from planet_graph import clock
from planet_graph.cli.options import RANDOM, Home, Json, moment, patient, settings_of
from planet_graph.cli.refusals import refuse, run
from planet_graph.export.hot_groups import past
from planet_graph.web.parts import open_parts


def hot(
    cuts: Annotated[Path, typer.Option(help="A file of times, one a line: epoch seconds or ISO 8601.")],
    source: Annotated[str, typer.Option(help="The import whose ids name groups.")],
    out: Annotated[Path, typer.Option(help="The file to write: cut, group, score; tabs, no header.")],
    limit: Annotated[int | None, typer.Option(min=1, help="How many groups of each cut; left out: all.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Rank the groups of an import by what their members had done by each of the given times, greatest score first."""
    texts = _cuts(cuts)

    async def work() -> int:
        async with open_parts(patient(settings_of(home)), clock.running(), random=RANDOM) as parts:
            ascending = sorted(texts, key=moment)
            rankings, names = await past(parts.database, source, [moment(text) for text in ascending])
            if not names:
                refuse(f"There is no group of an import {source!r}.")
            by_cut = dict(zip(ascending, rankings, strict=True))
            lines = [
                f"{text}\t{names[place.group]}\t{place.score!r}\n" for text in texts for place in by_cut[text][:limit]
            ]
            _write(out, lines)
            return len(lines)

    written = run(work())
    typer.echo(
        json.dumps({"cuts": len(texts), "places": written})
        if as_json
        else f"{written:,} place{'' if written == 1 else 's'}"
    )


def _cuts(path: Path) -> list[str]:
    """Read the times of a file, each once, as they are written there. Raises: BadParameter for one that is none."""
    try:
        lines = path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"{path} cannot be read: {error}")
    for text in lines:
        moment(text)
    if not lines:
        refuse(f"{path} holds no time.")
    return list(dict.fromkeys(lines))


def _write(out: Path, lines: Sequence[str]) -> None:
    """Write a file that appears whole."""
    part = out.with_name(out.name + ".part")
    part.write_text("".join(lines), encoding="utf-8", newline="\n")
    part.replace(out)


def add_to(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command()(hot)
