"""`token`: a bearer token for an account or a subject."""

import json
from typing import Annotated

import typer

from planet_graph import clock
from planet_graph.cli.options import RANDOM, Home, Json, settings_of
from planet_graph.cli.refusals import refuse, run
from planet_graph.services import identities
from planet_graph.settings import Settings
from planet_graph.web.parts import open_parts
from planet_graph.web.tokens import ISSUER, ROLES, sign, signing_key


async def token_for(settings: Settings, handle: str, roles: list[str]) -> str:
    """Sign a token that opens an account."""
    async with open_parts(settings, clock.running(), random=RANDOM) as parts:
        subject = await identities.subject_of(parts.services, ISSUER, handle)
    return token_of(settings, subject, roles)


def token_of(settings: Settings, subject: str, roles: list[str]) -> str:
    """Sign a token for a subject."""
    settings.home.mkdir(parents=True, exist_ok=True)
    return sign(signing_key(settings.home), subject, roles, clock.system_us() // 1_000_000)


def token(
    handle: Annotated[str | None, typer.Option("--handle", help="The account that the token opens.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="A subject, for `register` or a server.")] = None,
    role: Annotated[list[str] | None, typer.Option("--role", help="operator, analyst or server; may repeat.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print a bearer token, good for 30 days."""
    roles = list(role or ())
    if (handle is None) == (subject is None):
        raise typer.BadParameter("give one of --handle and --subject")
    if unknown := set(roles) - ROLES:
        raise typer.BadParameter(f"no such role: {', '.join(sorted(unknown))}")
    settings = settings_of(home)
    if handle is not None:
        signed = run(token_for(settings, handle.lower(), roles))
    elif subject is not None and 1 <= len(subject) <= 200:
        signed = token_of(settings, subject, roles)
    else:
        refuse("A subject has 1 to 200 characters.")
    typer.echo(json.dumps({"token": signed}) if as_json else signed)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command()(token)
