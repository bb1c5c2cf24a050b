"""Keys of programs, tokens of customers' pages, and the pepper that both hang on."""

import threading
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest

from apportion.access import LOCAL, Caller, Tenant, service
from apportion.access.errors import Forbidden, Unauthenticated
from apportion.access.pepper import PepperLost
from apportion.core.errors import BadInput, NotFound, Refused
from apportion.database import State, api_keys
from unit.access.entry import Entry

ACME = Tenant("customer", "acme")


def refused(entry: Entry, shown: str, access: Any = None) -> bool:
    try:
        entry.bearer(shown, access)
    except Unauthenticated:
        return True
    return False


def test_a_key_is_a_caller_with_its_scopes_and_its_tenant(entry: Entry) -> None:
    made = entry.key("embed", "spend", "embed", tenant=ACME)
    assert entry.bearer(made.key) == Caller(made.key_id, "key", frozenset({"embed", "spend"}), ACME)
    assert made.key.startswith(f"{made.key_id}_")
    assert len(made.key) == 4 + 8 + 1 + 43


def test_nothing_that_is_kept_opens_the_door(entry: Entry) -> None:
    entry.add()
    key, cookie = entry.key().key, entry.log_in()
    kept = entry.everything_kept()
    secret = key.rpartition("_")[2] if key.count("_") == 2 else key[13:]
    for planted in (key, secret, cookie, "seven green bicycles"):
        assert planted not in kept


@pytest.mark.parametrize(
    "wrong", ["", "apn_", "apn_Ab12Cd34", "x" * 100_000, "apn_Ab12Cd34_" + "A" * 43, "a.b.c"]
)
def test_a_forged_key_opens_nothing(entry: Entry, wrong: str) -> None:
    entry.key()
    assert refused(entry, wrong)


def test_another_end_a_cut_end_and_a_longer_end_open_nothing(entry: Entry) -> None:
    key = entry.key().key
    other = key[:-1] + ("A" if key[-1] != "A" else "B")
    assert [refused(entry, shown) for shown in (key, other, key[:-1], key + "A", key.upper())] == [
        *(False, True, True, True, True)
    ]


@pytest.mark.parametrize("header", ["Basic YTpi", "", "bearer", "Bearer", "Bearer  ", "Token x"])
def test_other_headers_open_nothing(entry: Entry, header: str) -> None:
    with pytest.raises(Unauthenticated):
        entry.access.identify(header, entry_cookie(entry), entry.now)


def entry_cookie(entry: Entry) -> str:
    """A session that holds: a header that is wrong is not made good by it."""
    entry.add()
    return entry.log_in()


def test_an_expired_key_opens_nothing(entry: Entry) -> None:
    made = entry.key(expires=entry.now + timedelta(seconds=3))
    assert not refused(entry, made.key)
    entry.later(seconds=3)
    assert refused(entry, made.key)
    assert entry.access.keys.listed(entry.now).keys[0].state == "expired"


def test_a_revoked_key_opens_nothing_here_at_once_and_elsewhere_within_seconds(entry: Entry) -> None:
    made, other = entry.key(), entry.other()
    assert not refused(entry, made.key)
    assert not refused(entry, made.key, other)
    assert entry.access.keys.revoke(LOCAL, made.key_id, entry.now).state == "revoked"
    assert refused(entry, made.key)
    entry.later(seconds=5)
    assert refused(entry, made.key, other)
    with pytest.raises(Refused):
        entry.access.keys.revoke(LOCAL, made.key_id, entry.now)
    with pytest.raises(NotFound):
        entry.access.keys.revoke(LOCAL, "apn_nosuch00", entry.now)


def test_the_last_use_is_written_once_a_minute(entry: Entry) -> None:
    made, seen = entry.key(), []
    for _ in range(3):
        entry.bearer(made.key)
        entry.access._beside.wait()
        seen.append(entry.access.keys.listed(entry.now).keys[0].used)
        entry.later(seconds=40)
    begun = seen[0]
    assert seen == [begun, begun, begun + timedelta(seconds=80)]


def test_a_key_that_was_seen_is_known_without_the_database(entry: Entry) -> None:
    made = entry.key()
    entry.bearer(made.key)
    begun = time.perf_counter()
    for _ in range(1000):
        entry.bearer(made.key)
    assert time.perf_counter() - begun < 0.5  # half a millisecond each; a few microseconds is usual


def test_nobody_makes_a_key_that_may_do_more_than_they_may(entry: Entry) -> None:
    by = Caller("apn_Ab12Cd34", "key", frozenset({"people", "read"}))
    assert entry.access.keys.make(by, "mine", ["read"], entry.now).scopes == ["read"]
    with pytest.raises(Forbidden, match="you lack ingest"):
        entry.access.keys.make(by, "more", ["read", "ingest"], entry.now)
    with pytest.raises(Forbidden, match="needs the scope 'people'"):
        entry.access.keys.make(Caller("ben", "person", frozenset({"read"})), "x", ["read"], entry.now)
    own = Caller("apn_Ab12Cd34", "key", frozenset({"people", "read"}), ACME)
    with pytest.raises(Forbidden, match="acme"):
        entry.access.keys.make(own, "x", ["read"], entry.now)
    stronger = entry.key("audit")
    with pytest.raises(Forbidden):
        entry.access.keys.revoke(by, stronger.key_id, entry.now)


@pytest.mark.parametrize(
    "given",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"name": " "},
        {"name": "two\nlines"},
        {"scopes": ["read", "people"], "tenant": ACME},
        {"expires": timedelta(0)},
        {"expires": timedelta(days=4000)},
    ],
)
def test_what_cannot_be_a_key(entry: Entry, given: Any) -> None:
    asked = {"name": "a program", "scopes": ["read"], **given}
    if "expires" in asked:
        asked["expires"] += entry.now
    with pytest.raises(BadInput):
        entry.access.keys.make(LOCAL, now=entry.now, **asked)


def test_a_key_of_a_tenant_has_no_scope_that_opens_nothing(entry: Entry) -> None:
    alpha = Tenant("team", "alpha")
    with pytest.raises(BadInput, match="one team cannot have embed, ingest") as why:
        entry.key("read", "ingest", "embed", tenant=alpha)
    assert why.value.hint == "It may have read, spend."
    with pytest.raises(BadInput, match="one customer cannot have audit, ingest") as why:
        entry.key("ingest", "audit", tenant=ACME)
    assert why.value.hint == "It may have embed, read, spend."
    assert entry.key("read", "spend", tenant=alpha).scopes == ["read", "spend"]
    assert entry.key("read", "spend", "embed", tenant=ACME).scopes == ["embed", "read", "spend"]


def test_a_key_of_a_tenant_with_such_a_scope_from_before_goes_on(entry: Entry) -> None:
    made = entry.key("read", tenant=ACME)
    with entry.state.write() as con:
        con.execute(api_keys.update().values(scopes='["ingest", "read"]'))
    assert entry.bearer(made.key).scopes == {"ingest", "read"}
    assert entry.access.keys.revoke(LOCAL, made.key_id, entry.now).state == "revoked"


def test_keys_are_listed_in_pages_the_newest_first(entry: Entry) -> None:
    made = [entry.key().key_id for _ in range(5)]
    found, cursor = [], ""
    while True:
        page = entry.access.keys.listed(entry.now, cursor=cursor, limit=2)
        found += [key.key_id for key in page.keys]
        if not (cursor := page.next_cursor or ""):
            break
    assert sorted(found) == sorted(made)
    assert len(found) == 5


def test_a_token_shows_one_customers_page_for_minutes(entry: Entry) -> None:
    made = entry.access.embedding.make(LOCAL, "acme", entry.now)
    assert entry.bearer(made.token) == Caller("acme", "embed", frozenset({"read"}), ACME, "customer")
    entry.later(minutes=14, seconds=59)
    assert not refused(entry, made.token)
    entry.later(seconds=1)
    assert refused(entry, made.token)


def forged(entry: Entry, key: bytes | None = None, algorithm: str = "HS256", **claims: Any) -> str:
    """A token as ours are, but for what is named."""
    ours = jwt.decode(
        entry.access.embedding.make(LOCAL, "acme", entry.now).token, options={"verify_signature": False}
    )
    told = {name: value for name, value in {**ours, **claims}.items() if value is not None}
    return jwt.encode(told, key or entry.access._ground.held(entry.now).embed_key, algorithm=algorithm)


def test_a_forged_token_opens_nothing(entry: Entry) -> None:
    stamp = int(entry.now.timestamp())
    own = entry.access._ground.held(entry.now).embed_key
    assert not refused(entry, forged(entry))
    wrong = {
        "another key": forged(entry, key=b"k" * 32),
        "no signature": jwt.encode({"sub": "acme", "exp": stamp + 60}, None, algorithm="none"),  # type: ignore[arg-type]
        "another algorithm": forged(entry, key=own + own, algorithm="HS512"),
        "another audience": forged(entry, aud="apportion"),
        "another issuer": forged(entry, iss="somebody"),
        "longer than an hour": forged(entry, exp=stamp + 3601),
        "made in the future": forged(entry, iat=stamp + 120, exp=stamp + 180),
        "no end": forged(entry, exp=None),
        "no beginning": forged(entry, iat=None),
        "no number": forged(entry, jti=None),
        "no customer": forged(entry, sub=None),
        "an empty customer": forged(entry, sub=""),
        "a half second": forged(entry, exp=stamp + 60.5),
    }
    assert [what for what, token in wrong.items() if not refused(entry, token)] == []


def test_whoever_belongs_to_a_customer_makes_tokens_for_that_customer_alone(entry: Entry) -> None:
    by = Caller("apn_Ab12Cd34", "key", frozenset({"embed"}), ACME)
    assert entry.access.embedding.make(by, "acme", entry.now).customer == "acme"
    with pytest.raises(Forbidden):
        entry.access.embedding.make(by, "globex", entry.now)
    team = Caller("apn_Ab12Cd34", "key", frozenset({"embed"}), Tenant("team", "acme"))
    shown = entry.bearer(entry.access.embedding.make(LOCAL, "acme", entry.now).token)
    for other in (team, shown):
        with pytest.raises(Forbidden):
            entry.access.embedding.make(other, "acme", entry.now)


@pytest.mark.parametrize("given", [{"minutes": 0}, {"minutes": 61}, {"customer": ""}, {"customer": "a\0"}])
def test_what_cannot_be_a_token(entry: Entry, given: Any) -> None:
    with pytest.raises(BadInput):
        entry.access.embedding.make(LOCAL, now=entry.now, **{"customer": "acme", **given})


def test_rotating_ends_every_token_here_at_once_and_elsewhere_within_seconds(entry: Entry) -> None:
    made, other = entry.access.embedding.make(LOCAL, "acme", entry.now), entry.other()
    assert not refused(entry, made.token, other)
    entry.access.embedding.rotate(LOCAL, entry.now)
    assert refused(entry, made.token)
    entry.later(seconds=2)
    assert refused(entry, made.token, other)
    assert not refused(entry, entry.access.embedding.make(LOCAL, "acme", entry.now).token)


def test_the_pepper_is_random_and_its_owners_alone(entry: Entry) -> None:
    entry.key()
    file = entry.folder / ".secrets" / "pepper"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert len(file.read_bytes()) == 32
    assert (file.parent / ".gitignore").read_text() == "*\n"
    assert sorted(path.name for path in file.parent.iterdir()) == [".gitignore", "pepper"]


def test_without_its_pepper_nothing_is_checked_and_the_error_says_what_to_do(entry: Entry) -> None:
    entry.add()
    key, cookie = entry.key().key, entry.log_in()
    file = entry.folder / ".secrets" / "pepper"
    kept = file.read_bytes()
    file.unlink()
    begun_anew = entry.other()
    for ask in (lambda: entry.bearer(key, begun_anew), lambda: entry.who(cookie, begun_anew)):
        with pytest.raises(PepperLost, match=r"is gone.*backup.*rotate pepper") as why:
            ask()
        assert why.value.status == 503
    assert begun_anew.configured  # so that nobody comes in unknown, either
    file.write_bytes(b"x" * 32)
    file.chmod(0o600)
    with pytest.raises(PepperLost, match="another pepper"):
        entry.bearer(key, begun_anew)
    file.write_bytes(kept)
    assert entry.bearer(key, begun_anew).kind == "key"
    assert entry.who(cookie, begun_anew).name == "ana"


def test_a_pepper_that_others_can_read_or_that_is_not_whole_is_refused(entry: Entry) -> None:
    entry.key()
    file = entry.folder / ".secrets" / "pepper"
    file.chmod(0o640)
    with pytest.raises(BadInput, match="chmod 600"):
        entry.other().identify("Bearer apn_x", None, entry.now)
    file.chmod(0o600)
    file.write_bytes(b"half")
    with pytest.raises(BadInput, match="32 bytes"):
        entry.other().identify("Bearer apn_x", None, entry.now)


def test_a_pepper_can_come_from_the_environment(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEPPER", "p" * 32)
    access = entry.other(pepper={"env": "PEPPER"})
    key = access.keys.make(LOCAL, "k", ["read"], entry.now).key
    assert entry.bearer(key, access).kind == "key"
    assert not (entry.folder / ".secrets").exists()
    monkeypatch.setenv("PEPPER", "short")
    with pytest.raises(BadInput, match="32 characters") as why:
        entry.bearer(key, entry.other(pepper={"env": "PEPPER"}))
    assert "short" not in str(why.value).replace("at least", "")
    monkeypatch.setenv("PEPPER", "q" * 32)
    with pytest.raises(PepperLost, match=r"\$PEPPER"):
        entry.bearer(key, entry.other(pepper={"env": "PEPPER"}))


def test_a_new_pepper_ends_keys_sessions_and_tokens_and_leaves_passwords(entry: Entry) -> None:
    entry.add()
    key, cookie = entry.key().key, entry.log_in()
    token, other = entry.access.embedding.make(LOCAL, "acme", entry.now).token, entry.other()
    assert not refused(entry, key, other)
    assert entry.access.rotate_pepper(LOCAL, entry.now) == 1
    entry.later(seconds=5)
    for access in (entry.access, other):
        assert refused(entry, key, access)
        assert refused(entry, token, access)
        with pytest.raises(Unauthenticated):
            entry.who(cookie, access)
    assert entry.who(entry.log_in(), other).name == "ana"


def test_servers_that_begin_at_once_agree_on_one_pepper(entry: Entry) -> None:
    servers = [entry.other() for _ in range(4)]
    made: list[str] = []

    def begin(access: Any) -> None:
        made.append(access.keys.make(LOCAL, "k", ["read"], entry.now).key)

    threads = [threading.Thread(target=begin, args=(access,)) for access in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [refused(entry, key, access) for key in made for access in servers] == [False] * 16


def test_a_key_of_the_last_seconds_is_known_without_a_database(
    entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry.add()
    made = entry.key("read")
    shown = f"Bearer {made.key}"
    assert entry.access.remembered(shown, entry.now) is None
    caller = entry.bearer(made.key)
    entry.access._beside.wait()
    monkeypatch.setattr(State, "read", None)
    assert entry.access.remembered(shown, entry.now) == caller
    for other in (f"{shown}x", f"Basic {made.key}", "Bearer x", None):
        assert entry.access.remembered(other, entry.now) is None
    entry.later(seconds=6)
    assert entry.access.remembered(shown, entry.now) is None


def test_a_revoked_key_is_not_remembered(entry: Entry) -> None:
    entry.add()
    made = entry.key("read")
    entry.bearer(made.key)
    entry.access.keys.revoke(LOCAL, made.key_id, entry.now)
    assert entry.access.remembered(f"Bearer {made.key}", entry.now) is None


def test_that_nobody_has_an_account_is_looked_up_once_a_second(
    entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = [100.0]
    monkeypatch.setattr(service, "monotonic", lambda: times[0])
    other = entry.other()
    assert not other.configured
    entry.add()
    assert (other.nobody_lately, other.configured, entry.access.configured) == (True, False, True)
    times.append(times.pop() + 1.0)
    assert (other.nobody_lately, other.configured, other.nobody_lately) == (False, True, False)
