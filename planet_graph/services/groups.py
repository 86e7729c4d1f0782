"""Making groups and changing them."""

import re
from dataclasses import dataclass

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors.groups import SlugMalformed, SlugTaken
from planet_graph.models import groups, memberships
from planet_graph.models.groups import Group
from planet_graph.models.memberships import Membership
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services.accounts import check_text
from planet_graph.services.act import Caller, Services, own_row
from planet_graph.services.invites import check_range
from planet_graph.services.roles import check_act, check_role, lock_group

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{2,29}")
MAX_NAME = 100
MAX_DESCRIPTION = 500
MAX_ANNOUNCEMENT = 1_000
MAX_SLOW_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class NewGroup:
    """What is told of a group when it is made. `name`: empty for the slug."""

    slug: str
    name: str = ""
    description: str = ""
    by_approval: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What of a group is to change; None: nothing. An empty text removes what was there."""

    name: str | None = None
    description: str | None = None
    announcement: str | None = None
    by_approval: bool | None = None
    slow_seconds: int | None = None


def check_slug(slug: str) -> str:
    """Refuse a slug of another form. Raises: SlugMalformed."""
    if not SLUG.fullmatch(slug):
        raise SlugMalformed(
            "A slug has 3 to 30 characters a-z, 0-9, _ and -, and begins with a letter or a digit.", slug=slug[:100]
        )
    return slug


async def create(services: Services, caller: Caller, new: NewGroup) -> tuple[Group, int]:
    """Make a group whose owner the caller is.

    Return the group and the id of the fact that made it.
    Raises: ReadOnly, Unauthenticated, SlugMalformed, TextTooLong, SlugTaken.
    """
    own = check_act(services, caller)
    slug = check_slug(new.slug)
    name = check_text(new.name.strip() or slug, "name", MAX_NAME)
    description = check_text(new.description.strip(), "description", MAX_DESCRIPTION)

    async def work(unit: UnitOfWork) -> tuple[Group, int]:
        await own_row(unit, own)
        (other,) = await groups.by_slugs(unit.session, [slug])
        if other is not None:
            raise SlugTaken("Another group has this slug; choose another.", slug=slug)
        now_us = services.clock.now_us()
        number = ids.draw(now_us, unit.random)
        group = Group(id=number, slug=slug, name=name, description=description, created_us=now_us)
        group.by_approval = new.by_approval
        owner = Membership(account=own, group_id=group.id, open=True, role="owner", since_us=now_us)
        unit.session.add_all((group, owner))
        await unit.session.flush()
        subjects = Subjects(groups=(group.id,), memberships=((own, group.id),))
        owner.fact = await unit.tell(fact("create_group", subjects, at_us=now_us, act=group.id))
        return group, owner.fact

    done, _ = await services.database.write(work)
    return done


def checked(changes: Changes) -> dict[str, object]:
    """Return column -> value of what is to change, the name of an empty one excepted.

    Raises: TextTooLong, OutOfRange.
    """
    check_range(changes.slow_seconds, "slowSeconds", 0, MAX_SLOW_SECONDS)
    texts = {
        "name": (changes.name, MAX_NAME),
        "description": (changes.description, MAX_DESCRIPTION),
        "announcement": (changes.announcement, MAX_ANNOUNCEMENT),
    }
    values: dict[str, object] = {
        name: check_text(text.strip(), name, limit) for name, (text, limit) in texts.items() if text is not None
    }
    plain = {"by_approval": changes.by_approval, "slow_seconds": changes.slow_seconds}
    return values | {name: value for name, value in plain.items() if value is not None}


async def update(services: Services, caller: Caller, group: int, changes: Changes) -> tuple[Group, int]:
    """Change what a group tells of itself and how it is run; what is the same already changes nothing.

    Return the group and the id of the fact, 0 when nothing was changed.
    Raises: ReadOnly, Unauthenticated, NotFound, NotMember, RoleRequired, TextTooLong, OutOfRange.
    """
    own = check_act(services, caller)
    values = checked(changes)

    async def work(unit: UnitOfWork) -> tuple[Group, int]:
        await own_row(unit, own, change=False)
        row = await lock_group(unit, group, change=True)
        (place,) = await memberships.locked(unit.session, group, [own])
        check_role(place, "admin")
        wanted = {**values, "name": row.slug} if values.get("name") == "" else values
        changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
        if not changed:
            return row, 0
        for name, value in changed.items():
            setattr(row, name, value)
        row.origin = ""
        await unit.session.flush()
        now_us = services.clock.now_us()
        act = ids.draw(now_us, unit.random)
        return row, await unit.tell(fact("update_group", Subjects(groups=(group,)), at_us=now_us, act=act))

    done, _ = await services.database.write(work)
    return done
