from planet_graph.outbox.facts import Subjects
from planet_graph.outbox.streams import Passed, Place, Ring, Subject, Watch, Watches


def passed(position: int, subjects: Subjects, *, ended: bool = False) -> Passed:
    return Passed(position, act=7, imported=ended, ended=ended, subjects=subjects)


def test_a_fact_wakes_only_those_whom_it_concerns() -> None:
    watches = Watches()
    subjects: list[Subject] = [("account", 1), ("followee", 1), ("creator", 1), ("import", 7), ("account", 2)]
    found = [Watch(set()) for _ in subjects]
    for watch, subject in zip(found, subjects, strict=True):
        watches.add(watch, [subject])
    facts = [
        passed(1, Subjects(accounts=(1,))),
        passed(2, Subjects(follows=((2, 1),))),
        passed(3, Subjects(bonds=((2, 1),))),
        passed(4, Subjects(), ended=True),
    ]
    for fact in facts:
        watches.touch(fact)
    assert [watch.touched for watch in found] == [1, 2, 3, 4, None]
    assert [watch.woken.is_set() for watch in found] == [True, True, True, True, False]
    for watch in found:
        watches.discard(watch, watch.subjects)
    assert len(watches) == 0


def test_a_watch_remembers_the_first_fact_until_it_is_taken() -> None:
    watch = Watch(set())
    for position in (5, 3, 9):
        watch.touch(position)
    assert watch.take() == 3
    assert (watch.take(), watch.woken.is_set()) == (None, False)


def test_memory_of_facts_is_bounded_by_facts_and_by_subjects() -> None:
    ring = Ring(10, facts=3, subjects=6)
    for position in range(11, 16):
        ring.add(passed(position, Subjects(accounts=(1,))))
    assert ring.begins == 12
    assert ring.after(11, 9) is None
    assert [fact.position for fact in ring.after(12, 2) or ()] == [13, 14]
    assert ring.after(15, 9) == []
    ring.add(passed(16, Subjects(accounts=(1, 2, 3, 4, 5))))
    assert [fact.position for fact in ring.after(ring.begins, 9) or ()] == [15, 16]


def test_places_within_a_fact_are_behind_it() -> None:
    assert (Place(7).behind, Place(7, 3).behind) == (7, 6)
    assert Place(7, 3) < Place(7, 4) < Place(7) < Place(8, 1)
