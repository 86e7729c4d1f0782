"""Facts: what they name is read back as it was told."""

from dataclasses import fields

import pytest

from planet_graph.outbox.facts import MAX_SUBJECTS, NOUNS, Subjects, chunks, fact, merged, subjects_of

EVERY = Subjects(
    accounts=(1, 2),
    groups=(3,),
    follows=((1, 2),),
    bonds=((2, 1),),
    memberships=((1, 3), (2, 3)),
    posts=(4,),
    messages=((3, 5),),
    notifications=(2,),
    timelines=((1, 4),),
)


def test_every_noun_is_read_back_as_it_was_told() -> None:
    assert [field.name for field in fields(Subjects)] == [
        *("accounts", "follows", "bonds", "groups", "memberships", "posts", "messages", "notifications", "timelines")
    ]
    assert {field.name for field in fields(Subjects)} == set(NOUNS)
    assert all(EVERY.by_noun().values())
    assert subjects_of(fact("all", EVERY, at_us=1, act=2)) == EVERY
    assert len(EVERY) == 11


@pytest.mark.parametrize(
    ("subjects", "noun", "first"),
    [
        (EVERY, "account", "1"),
        (Subjects(posts=(4,), notifications=(2,)), "post", "4"),
        (Subjects(messages=((3, 5),)), "message", "3-5"),
    ],
)
def test_a_fact_is_filed_under_its_first_subject(subjects: Subjects, noun: str, first: str) -> None:
    told = fact("any", subjects, at_us=1, act=2)
    assert (told.aggregatetype, told.aggregateid) == (noun, first)


def test_subjects_are_put_together_each_once_and_divided_with_nodes_first() -> None:
    both = merged([Subjects(posts=(4, 5), follows=((1, 2),)), Subjects(posts=(5, 6), groups=(3,))])
    assert both == Subjects(groups=(3,), follows=((1, 2),), posts=(4, 5, 6))
    assert chunks(both, 2) == [
        *(Subjects(groups=(3,)), Subjects(follows=((1, 2),)), Subjects(posts=(4, 5)), Subjects(posts=(6,)))
    ]


@pytest.mark.parametrize("subjects", [Subjects(), Subjects(posts=tuple(range(MAX_SUBJECTS + 1)))])
def test_a_fact_names_something_and_not_too_much(subjects: Subjects) -> None:
    with pytest.raises(ValueError, match=f"1 to {MAX_SUBJECTS} subjects, not {len(subjects)}"):
        fact("any", subjects, at_us=1, act=2)
