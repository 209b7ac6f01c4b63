"""Accounts that are one legal person; taking a decision back restores what was before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.identity import parties as pure
from hub.core.identity.alike import alike
from hub.core.identity.parties import Account, Change, Decision, Key, NotOne

#: Formally valid, of nobody.
SIREN, OTHER = "732829320", "552100554"
A, B, C = ("ACME", "C001"), ("BETA", "D9"), ("BETA", "D10")


def account(key: Key, name: str = "Durand", **fields: object) -> Account:
    return Account(key, name, **fields)  # type: ignore[arg-type]


def members(accounts: list[Account], decisions: list[Decision] | None = None) -> list[tuple[Key, ...]]:
    return [party.members for party in pure.parties(accounts, decisions or [])]


def test_equal_siren_is_one_party() -> None:
    """Of a SIRET too, branch by branch; a number that fails its check links nothing."""
    found = pure.parties(
        [account(A, siren=SIREN), account(B, siret=SIREN + "00074"), account(C, siren="123456789")], []
    )
    assert [(SIREN, (A, B)), ("BETA:D10", (C,))] == [(party.name, party.members) for party in found]
    assert [("siren", "siren"), ("single",)] == [party.rules for party in found]


@pytest.mark.parametrize(
    ("expected", "fields"),
    [
        (SIREN, {"siren": "732 829 320"}),
        (SIREN, {"siret": "73282932000074"}),
        ("356000000", {"siret": "35600000000048"}),  # La Poste
        (None, {"siren": "732829321"}),
        (None, {"siret": "73282932000075"}),
        (None, {}),
    ],
)
def test_siren(expected: str | None, fields: dict[str, str]) -> None:
    """Checked by Luhn."""
    assert expected == pure.siren_of(account(A, **fields))


def test_likeness_is_only_suggested() -> None:
    """The same VAT number, IBAN or name, strongest first; never two SIREN; never what a person parted."""
    ours = account(A, "Menuiserie Durand SARL", ibans=("FR76 3000 6000 0112 3456 7890 189",))
    theirs = account(B, "MENUISERIE DURAND", ibans=("FR7630006000011234567890189",))
    assert [(A,), (B,)] == members([ours, theirs])
    assert [(A, B, "iban")] == [one[:3] for one in alike([ours, theirs], [])]
    assert [] == alike([ours, theirs], [Decision(1, pure.DIFFERENT, B, A)])
    assert [] == alike([ours._replace(siren=SIREN), theirs._replace(siren=OTHER)], [])
    many = [account(("ACME", f"C{n}"), "Divers") for n in range(20)]
    assert [] == alike(many, [])


def test_a_person_links_and_unlinks() -> None:
    """A link joins; two SIREN are two persons; what is one already needs no link; an account may stand alone."""
    accounts = [account(A, siren=SIREN), account(B), account(C, siren=OTHER)]
    change = pure.link(accounts, [], A, B)
    assert Change(Decision(0, "same", A, B), ()) == change
    assert [(C,), (A, B)] == sorted(members(accounts, [Decision(1, "same", A, B)]), key=len)
    for one, other in ((A, C), (B, B)):
        with pytest.raises(NotOne):
            pure.link(accounts, [], one, other)
    with pytest.raises(NotOne):
        pure.link(accounts, [Decision(1, "same", A, B)], B, C)
    with pytest.raises(NotOne):
        pure.unlink(accounts, [], B)
    twins = [account(A, siren=SIREN), account(B, siren=SIREN)]
    assert Decision(0, "alone", B) == pure.unlink(twins, [], B).add
    assert Change(None, (4,)) == pure.link(twins, [Decision(4, "alone", B)], A, B)


def test_groups_follow_the_parents() -> None:
    """Up to the head; a circle ends the way."""
    accounts = [account(A, parent_id="C002"), account(("ACME", "C002"), parent_id="C003"), account(("ACME", "C003"))]
    heads = pure.groups(accounts, pure.parties(accounts, []))
    assert {"ACME:C003"} == set(heads.values())
    circle = [account(A, parent_id="C002"), account(("ACME", "C002"), parent_id="C001")]
    assert 2 == len(pure.groups(circle, pure.parties(circle, [])))


keys = st.tuples(st.sampled_from(["ACME", "BETA"]), st.sampled_from(["C1", "C2", "C3"]))
worlds = st.dictionaries(keys, st.sampled_from([None, None, SIREN, OTHER]), min_size=2)


@given(worlds, st.data())
def test_undo_restores(world: dict[Key, str | None], data: st.DataObject) -> None:
    """After any sequence of decisions: one more link, taken back by undoing it, leaves the parties as they were."""
    accounts = [account(key, siren=siren) for key, siren in world.items()]
    decisions: list[Decision] = []
    for _ in range(data.draw(st.integers(0, 4))):
        _act(accounts, decisions, data)
    before = pure.parties(accounts, decisions)
    one, other = data.draw(st.sampled_from(sorted(world))), data.draw(st.sampled_from(sorted(world)))
    try:
        change = pure.link(accounts, decisions, one, other)
    except NotOne:
        return
    linked = _with(decisions, change)
    after = pure.parties(accounts, linked)
    assert any({one, other} <= set(party.members) for party in after)
    assert sorted(world) == sorted(key for party in after for key in party.members)
    if change.add is None or change.undo:
        return  # it took older decisions back: those are acts of their own
    back = pure.unlink(accounts, linked, one)
    if any(one in (d.one, d.other) and d.act == "same" for d in decisions):
        return  # older links of the same account go with it: it was asked to stand by itself
    assert before == pure.parties(accounts, _with(linked, back))


def _act(accounts: list[Account], decisions: list[Decision], data: st.DataObject) -> None:
    names = sorted(one.key for one in accounts)
    one, other = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
    try:
        linking = data.draw(st.booleans())
        change = pure.link(accounts, decisions, one, other) if linking else pure.unlink(accounts, decisions, one)
    except NotOne:
        return
    decisions[:] = _with(decisions, change)


def _with(decisions: list[Decision], change: Change) -> list[Decision]:
    kept = [one for one in decisions if one.id not in change.undo]
    fresh = max([one.id for one in decisions], default=0) + 1
    return kept + ([change.add._replace(id=fresh)] if change.add else [])
