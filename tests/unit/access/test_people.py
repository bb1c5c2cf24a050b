"""People come in with a password, and what happens to their account happens to their sessions."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from apportion.access import LOCAL, ROLES, Caller, Tenant
from apportion.access.errors import Forbidden, Unauthenticated
from apportion.access.passwords import Passwords
from apportion.core.errors import ApportionError, BadInput, NotFound, Refused, Transient
from apportion.database import login_failures, sessions
from unit.access.entry import PASSWORD, Entry


def test_with_the_first_owner_nobody_comes_in_unknown(entry: Entry) -> None:
    assert not entry.access.configured
    entry.add()
    assert entry.access.configured
    with pytest.raises(Unauthenticated):
        entry.access.identify(None, None, entry.now)


def test_the_first_account_is_an_owners(entry: Entry) -> None:
    with pytest.raises(Refused, match="owner"):
        entry.add("ben", "viewer")
    assert not entry.access.configured


def test_whoever_logs_in_is_a_caller_with_the_scopes_of_the_role(entry: Entry) -> None:
    entry.add()
    entry.add("Ben@Example.com", "team", tenant="payments")
    found = entry.who(entry.log_in(" BEN@example.com "))
    assert found == Caller("ben@example.com", "person", ROLES["team"], Tenant("team", "payments"), "team")


@pytest.mark.parametrize("login", ["ana", "nobody", "", "ana' OR '1'='1", "a\0b", "\ud800", "x" * 9999])
def test_everybody_who_is_not_let_in_hears_the_same(entry: Entry, login: str) -> None:
    entry.add()
    entry.add("off", "viewer")
    entry.access.people.change(LOCAL, "off", entry.now, state="disabled")
    with pytest.raises(Unauthenticated) as why:
        entry.log_in(login, "not the password")
    with pytest.raises(Unauthenticated) as disabled:
        entry.log_in("off")
    assert str(why.value) == str(disabled.value)


def test_an_unknown_login_takes_the_effort_of_a_known_one(entry: Entry, monkeypatch: Any) -> None:
    """By construction: a hash is always verified, whoever it is, and whether they could come in or not."""
    entry.add()
    entry.add("off", "viewer")
    entry.access.people.change(LOCAL, "off", entry.now, state="disabled")
    verified: list[bool] = []
    fits = Passwords._fits
    monkeypatch.setattr(Passwords, "_fits", lambda *given: verified.append(True) or fits(*given))
    for login in ("ana", "nobody", "off", "ana' --"):
        with pytest.raises(Unauthenticated):
            entry.log_in(login, "not the password")
    assert len(verified) == 4


def wrong(entry: Entry, times: int, address: str) -> None:
    for _ in range(times):
        with pytest.raises(Unauthenticated):
            entry.log_in(password="not the password", address=address)


def test_somebody_elsewhere_cannot_keep_an_owner_out(entry: Entry) -> None:
    entry.add()
    wrong(entry, 50, "203.0.113.7")
    entry.log_in(address="198.51.100.4")
    with pytest.raises(Unauthenticated):
        entry.log_in(address="203.0.113.7")  # who comes in from here opens nothing there
    assert waits_until(entry) == entry.now + timedelta(seconds=30)  # what comes meanwhile counts no more
    entry.later(minutes=61)
    assert waits_until(entry) is None
    entry.log_in(address="203.0.113.7")


def test_from_many_addresses_a_login_waits_everywhere_in_the_end(entry: Entry) -> None:
    entry.add()
    for n in range(20):
        wrong(entry, 5, f"203.0.113.{n}")
    with pytest.raises(Unauthenticated):
        entry.log_in(address="198.51.100.4")
    assert entry.access.people.listed(entry.now).people[0].waits_until is not None
    entry.later(seconds=31)
    entry.log_in(address="198.51.100.4")


def test_the_latest_of_all_waits_is_told_and_of_that_login_alone(entry: Entry) -> None:
    entry.add()
    entry.add("ben", "viewer")
    wrong(entry, 4, "203.0.113.7")
    assert waits_until(entry) is None
    wrong(entry, 3, "203.0.113.7")
    wrong(entry, 1, "203.0.113.8")
    assert waits_until(entry) == entry.now + timedelta(seconds=30)
    wrong(entry, 4, "203.0.113.8")
    entry.later(seconds=40)
    assert waits_until(entry) is None
    wrong(entry, 1, "203.0.113.8")
    assert waits_until(entry) == entry.now + timedelta(seconds=60)
    assert waits_until(entry, "ben") is None
    changed = entry.access.people.change(LOCAL, "ana", entry.now, name="Ana Souza")
    assert changed.waits_until == entry.now + timedelta(seconds=60)
    changed = entry.access.people.change(LOCAL, "ana", entry.now, password="nine blue bicycles")
    assert changed.waits_until is None


def waits_until(entry: Entry, login: str = "ana") -> Any:
    """As the list of accounts tells it."""
    [found] = [one for one in entry.access.people.listed(entry.now).people if one.login == login]
    return found.waits_until


def test_what_was_wrong_long_ago_is_forgotten(entry: Entry) -> None:
    entry.add()
    wrong(entry, 3, "203.0.113.7")
    entry.later(hours=25)
    wrong(entry, 1, "203.0.113.8")
    with entry.state.read() as con:
        assert [row.address for row in con.execute(select(login_failures))] == ["203.0.113.8"]


def test_addresses_of_one_network_of_ipv6_are_one(entry: Entry) -> None:
    entry.add()
    for n in range(5):
        wrong(entry, 1, f"2001:db8:1:2::{n}")
    with pytest.raises(Unauthenticated):
        entry.log_in(address="2001:db8:1:2:ffff::1")
    entry.log_in(address="2001:db8:1:3::1")


def test_a_login_waits_after_wrong_passwords_and_longer_each_time(entry: Entry) -> None:
    entry.add()

    def wrong() -> None:
        with pytest.raises(Unauthenticated):
            entry.log_in(password="not the password")

    for _ in range(5):
        wrong()
    with pytest.raises(Unauthenticated):
        entry.log_in()  # the right one, too
    entry.later(seconds=31)
    wrong()
    entry.later(seconds=31)
    with pytest.raises(Unauthenticated):
        entry.log_in()
    entry.later(seconds=31)
    entry.log_in()
    wrong()
    entry.log_in()  # the count began anew


def test_a_new_password_opens_a_login_that_waits(entry: Entry) -> None:
    entry.add()
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            entry.log_in(password="not the password")
    entry.access.people.change(LOCAL, "ana", entry.now, password="nine blue bicycles")
    assert entry.who(entry.log_in(password="nine blue bicycles")).name == "ana"


@pytest.mark.parametrize(
    "change", [{"state": "disabled"}, {"role": "finance"}, {"password": "another long one"}]
)
def test_a_session_ends_at_once_with_what_it_was_begun_with(entry: Entry, change: Any) -> None:
    entry.add()
    entry.add("ben", "viewer")
    cookie, other = entry.log_in("ben"), entry.other()
    assert entry.who(cookie, other).name == "ben"
    entry.access.people.change(LOCAL, "ben", entry.now, **change)
    for access in (entry.access, other):
        with pytest.raises(Unauthenticated):
            entry.who(cookie, access)


def test_a_new_name_ends_no_session(entry: Entry) -> None:
    entry.add()
    cookie = entry.log_in()
    assert entry.access.people.change(LOCAL, "ana", entry.now, name="Ana Souza").name == "Ana Souza"
    assert entry.who(cookie).name == "ana"


def test_somebody_whose_password_changes_while_they_log_in_is_not_let_in(entry: Entry) -> None:
    entry.add()
    proof = entry.access.by_password("ana", PASSWORD)

    class Slow:
        def proven(self, now: Any) -> Any:
            found = proof.proven(now)
            entry.access.people.change(LOCAL, "ana", now, password="nine blue bicycles")
            return found

    with pytest.raises(Unauthenticated):
        entry.access.log_in(Slow(), entry.now)


def test_sessions_end_when_nobody_uses_them_and_after_a_week_anyway(entry: Entry) -> None:
    entry.add()
    cookie = entry.log_in()
    for _ in range(16):
        entry.later(hours=10)
        entry.who(cookie)
        entry.access._beside.wait()  # its use is written beside the request
    entry.later(hours=9)
    with pytest.raises(Unauthenticated):
        entry.who(cookie)
    idle = entry.log_in()
    entry.later(hours=12)
    with pytest.raises(Unauthenticated):
        entry.who(idle)


def test_who_logs_out_is_out_and_doing_it_again_does_no_harm(entry: Entry) -> None:
    entry.add()
    cookie, kept = entry.log_in(), entry.log_in()
    for _ in range(2):
        entry.access.log_out(cookie, entry.now)
    with pytest.raises(Unauthenticated):
        entry.who(cookie)
    assert entry.who(kept).name == "ana"


def test_whoever_knows_the_old_password_gives_a_new_one(entry: Entry) -> None:
    entry.add()
    cookie = entry.log_in()
    by = entry.who(cookie)
    with pytest.raises(Unauthenticated):
        entry.access.change_password(by, "not the password", "nine blue bicycles", entry.now)
    new, _ = entry.access.change_password(by, PASSWORD, "nine blue bicycles", entry.now)
    with pytest.raises(Unauthenticated):
        entry.who(cookie)
    assert entry.who(new).name == "ana"
    assert entry.who(entry.log_in(password="nine blue bicycles")).name == "ana"


@pytest.mark.parametrize("password", ["short", "x" * 257, "Ana@Example.com", ""])
def test_rules_for_passwords(entry: Entry, password: str) -> None:
    with pytest.raises(BadInput) as why:
        entry.add("ana@example.com", password=password)
    assert not password or password not in str(why.value)


def test_the_same_letters_are_the_same_password_however_they_are_composed(entry: Entry) -> None:
    entry.add(password="mañana será otro día")
    entry.log_in(password="mañana será otro día")


def test_the_last_owner_stays(entry: Entry) -> None:
    entry.add()
    for change in ({"state": "disabled"}, {"role": "viewer"}):
        with pytest.raises(Refused, match="last owner"):
            entry.access.people.change(LOCAL, "ana", entry.now, **change)  # type: ignore[arg-type]
    entry.add("ben")
    assert entry.access.people.change(LOCAL, "ana", entry.now, role="viewer").role == "viewer"


def test_of_two_owners_who_disable_each_other_at_once_one_stays(entry: Entry) -> None:
    entry.add()
    entry.add("ben")
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def disable(login: str) -> None:
        start.wait()
        try:
            entry.access.people.change(LOCAL, login, entry.now, state="disabled")
            outcomes.append("disabled")
        except Refused:
            outcomes.append("refused")

    together(disable, "ana", "ben")
    assert sorted(outcomes) == ["disabled", "refused"]


def test_nobody_gives_or_takes_more_than_they_have(entry: Entry) -> None:
    entry.add()
    clerk = Caller("apn_Ab12Cd34", "key", frozenset({"people", "read"}))
    assert entry.access.people.add(clerk, "eve", "viewer", PASSWORD, entry.now).role == "viewer"
    with pytest.raises(Forbidden):
        entry.access.people.add(clerk, "mallory", "owner", PASSWORD, entry.now)
    with pytest.raises(Forbidden):
        entry.access.people.change(clerk, "eve", entry.now, role="finance")
    with pytest.raises(Forbidden):
        entry.access.people.change(clerk, "ana", entry.now, password="mine from now on")
    with pytest.raises(Forbidden):
        entry.access.people.add(Caller("ben", "person", ROLES["viewer"]), "x", "viewer", PASSWORD, entry.now)


def test_roles_of_tenants_have_one_and_others_none(entry: Entry) -> None:
    entry.add()
    with pytest.raises(BadInput, match="one customer"):
        entry.add("c", "customer")
    with pytest.raises(BadInput, match="sees everything"):
        entry.add("v", "viewer", tenant="acme")
    entry.add("c", "customer", tenant="acme")
    assert entry.access.people.change(LOCAL, "c", entry.now, role="viewer").tenant == ""


@pytest.mark.parametrize("login", ["", "with blank", "-x", "a\0", "ünlaut", "x" * 121])
def test_what_cannot_be_a_login(entry: Entry, login: str) -> None:
    with pytest.raises(BadInput):
        entry.add(login)


def test_a_login_is_taken_once(entry: Entry) -> None:
    entry.add()
    with pytest.raises(Refused, match="already"):
        entry.add("ANA")
    with pytest.raises(NotFound):
        entry.access.people.change(LOCAL, "ben", entry.now, name="Ben")


def test_people_are_listed_in_pages(entry: Entry) -> None:
    for login in ("ana", "ben", "cleo"):
        entry.add(login)
    first = entry.access.people.listed(entry.now, limit=2)
    rest = entry.access.people.listed(entry.now, limit=2, cursor=first.next_cursor or "")
    assert [p.login for p in (*first.people, *rest.people)] == ["ana", "ben", "cleo"]
    assert rest.next_cursor is None


def test_many_log_in_at_once_and_each_has_a_session(entry: Entry) -> None:
    entry.add()
    found: list[str] = []
    together(lambda _: found.append(entry.log_in()), *range(6))
    assert len(set(found)) == 6
    assert {entry.who(cookie).name for cookie in found} == {"ana"}
    with entry.state.read() as con:
        assert len(con.execute(select(sessions)).all()) == 6


def test_a_hundred_wrong_guesses_at_once_make_the_login_wait(entry: Entry) -> None:
    entry.add()
    heard: list[str] = []

    def guess(n: Any) -> None:
        try:
            entry.log_in(password=f"guess number {n:04}")
        except ApportionError as why:
            heard.append(type(why).__name__)

    together(guess, *range(40))
    assert set(heard) <= {Unauthenticated.__name__, Transient.__name__}
    with entry.state.read() as con:
        row = con.execute(select(login_failures).where(login_failures.c.login == "ana")).one()
    assert 5 <= row.failures <= 6  # two are checked at once
    assert row.locked_until > 0


def test_too_many_at_once_are_told_to_come_again() -> None:
    """Each hash takes 64 MiB, so a flood of logins waits at the door."""
    checked = Passwords()
    for _ in range(8):
        checked._asked.acquire()
    with pytest.raises(Transient):
        checked.fits(lambda: None, "whatever it is")


def together(work: Any, *items: Any) -> None:
    threads = [threading.Thread(target=work, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_guess_for_an_unknown_login_writes_as_much_as_one_that_counts(entry: Entry) -> None:
    """A write waits for the disk, so that one more or less would tell by time who has an account."""
    from sqlalchemy import event

    entry.add()
    commits: list[str] = []
    for login in ("warm-up", "ana", "nobody", "ana", "nobody"):
        counted: list[str] = []

        def wrote(_con: Any, _cursor: Any, statement: str, *_: Any, into: list[str] = counted) -> None:
            if threading.current_thread() is threading.main_thread():
                into += [word for word in ("UPDATE", "INSERT") if statement.startswith(word)]

        event.listen(entry.state.engine, "before_cursor_execute", wrote)
        with pytest.raises(Unauthenticated):
            entry.log_in(login, "not the password")
        event.remove(entry.state.engine, "before_cursor_execute", wrote)
        entry.access._beside.wait()
        commits.append(" ".join(counted))
    assert commits[1:] == ["UPDATE INSERT UPDATE"] * 4
