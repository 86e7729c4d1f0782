"""Making groups."""

import re
from dataclasses import dataclass

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import SlugMalformed, SlugTaken
from planet_graph.models import groups
from planet_graph.models.groups import Group
from planet_graph.models.memberships import Membership
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services.accounts import check_text
from planet_graph.services.act import Caller, Services, check_changes, own_account, own_row

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{2,29}")
MAX_NAME = 100
MAX_DESCRIPTION = 500


@dataclass(frozen=True, slots=True)
class NewGroup:
    """What is told of a group when it is made. `name`: empty for the slug."""

    slug: str
    name: str = ""
    description: str = ""


def check_slug(slug: str) -> str:
    """Refuse a slug of another form. Raises: SlugMalformed."""
    if not SLUG.fullmatch(slug):
        raise SlugMalformed(
            "A slug has 3 to 30 characters a-z, 0-9, _ and -, and begins with a letter or a digit.", slug=slug[:100]
        )
    return slug


def check_create(services: Services, caller: Caller) -> int:
    """Return who makes a group. Raises: ReadOnly, Unauthenticated."""
    check_changes(services)
    return own_account(caller)


async def create(services: Services, caller: Caller, new: NewGroup) -> tuple[Group, int]:
    """Make a group whose owner the caller is; asked again by its owner it answers the same.

    Return the group and the id of the fact that made it.
    Raises: ReadOnly, Unauthenticated, SlugMalformed, TextTooLong, SlugTaken.
    """
    own = check_create(services, caller)
    slug = check_slug(new.slug)
    name = check_text(new.name.strip() or slug, "name", MAX_NAME)
    description = check_text(new.description.strip(), "description", MAX_DESCRIPTION)

    async def work(unit: UnitOfWork) -> tuple[Group, int]:
        await own_row(unit, own)
        (other,) = await groups.by_slugs(unit.session, [slug])
        if other is not None:
            raise SlugTaken("Another group has this slug; choose another.", slug=slug)
        now_us = services.clock.now_us()
        group = Group(
            id=ids.draw(now_us, unit.random), slug=slug, name=name, description=description, created_us=now_us
        )
        owner = Membership(account=own, group_id=group.id, open=True, role="owner", since_us=now_us)
        unit.session.add_all((group, owner))
        await unit.session.flush()
        subjects = Subjects(groups=(group.id,), memberships=((own, group.id),))
        owner.fact = await unit.tell(fact("create_group", subjects, at_us=now_us, act=group.id))
        return group, owner.fact

    done, _ = await services.database.write(work)
    return done
