"""The webhook: what it posts, what it refuses to speak to, and what it makes of answers."""

import base64
import hmac
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from apportion.alerts.channel_settings import WebhookChannel
from apportion.alerts.channels import Unclear
from apportion.alerts.channels.addresses import is_public, resolve
from apportion.alerts.channels.webhook import Webhook
from apportion.alerts.messages import Message
from apportion.alerts.templates import Written, written
from apportion.core.errors import BadInput, Terminal, Transient
from servers.alert_receiver import AlertReceiver, receiving

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)
KEY = b"signing key of fernway"
MESSAGE: Written = written(
    Message("m1", "ops", "opened", "critical", "Lambda costs too much", "Look — at it.", ("a",), NOON)
)


@pytest.fixture
def receiver() -> Iterator[AlertReceiver]:
    with receiving(AlertReceiver()) as found:
        yield found


@pytest.fixture
def webhook(receiver: AlertReceiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Webhook]:
    made = opened(receiver.url + "/take?token=abc", monkeypatch, tmp_path, private=True)
    yield made
    made.close()


def opened(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, private: bool = False) -> Webhook:
    monkeypatch.setenv("URL", url)
    (tmp_path / "key").write_text("whsec_" + base64.b64encode(KEY).decode())
    words = {"url": {"env": "URL"}, "secret": {"file": "key"}, "allow_private": private, "timeout": 1}
    settings = WebhookChannel.model_validate({"type": "webhook", **words})
    return Webhook(settings, tmp_path, clock=NOON.timestamp)


def test_the_signature_is_that_of_standard_webhooks(webhook: Webhook, receiver: AlertReceiver) -> None:
    assert webhook.send(MESSAGE) == "204"
    [got] = receiver.taken
    assert got.path == "/take?token=abc"
    signed = f"m1.{int(NOON.timestamp())}.".encode() + got.body
    expected = base64.b64encode(hmac.new(KEY, signed, sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{expected}"
    assert got.headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert got.headers["host"] == receiver.url.removeprefix("http://")
    assert got.json["id"] == got.headers["webhook-id"] == "m1"


HOST = "hooks.fernway.example"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of HOST with its key, which nobody trusts yet."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, SHA256())
    )  # fmt: skip
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path / "certificate.pem"
    path.write_bytes(key.private_bytes(*form) + made.public_bytes(Encoding.PEM))
    return path


def test_a_host_is_looked_up_once_and_its_certificate_is_checked_by_its_name(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    looked_up: list[str] = []

    def look_up(host: str, port: int, *_: object, **__: object) -> list[object]:
        looked_up.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with receiving(AlertReceiver(), tls) as receiver:
        port = receiver.url.rpartition(":")[2]
        monkeypatch.setattr("socket.getaddrinfo", look_up)
        for host, trusted in ((HOST, False), ("other.fernway.example", True)):
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate) if trusted else "")
            untrusted = opened(f"https://{host}:{port}/x", monkeypatch, tmp_path, private=True)
            with pytest.raises(Transient, match="ConnectError"):
                untrusted.send(MESSAGE)
            untrusted.close()
        found = opened(f"https://{HOST}:{port}/x", monkeypatch, tmp_path, private=True)
        looked_up.clear()
        assert found.send(MESSAGE) == "204"
        found.close()
    assert receiver.taken[0].headers["host"] == f"{HOST}:{port}"
    assert looked_up[0] == HOST
    assert set(looked_up) <= {HOST, "127.0.0.1"}


def test_a_repeat_has_the_same_body(webhook: Webhook, receiver: AlertReceiver) -> None:
    webhook.send(MESSAGE)
    webhook.send(MESSAGE)
    assert receiver.taken[0].body == receiver.taken[1].body


def test_a_redirect_is_not_followed(webhook: Webhook, receiver: AlertReceiver) -> None:
    receiver.always["/take"] = 307
    with pytest.raises(Terminal, match="redirect"):
        webhook.send(MESSAGE)
    assert receiver.asked == ["/take"]


@pytest.mark.parametrize(
    ("told", "seconds"), [("7", 7), ("Tue, 13 Oct 2026 12:00:09 GMT", 9), ("soon", 0), ("-4", 0), ("", 0)]
)
def test_it_waits_as_long_as_the_receiver_asks_for(
    webhook: Webhook, receiver: AlertReceiver, told: str, seconds: int
) -> None:
    receiver.always["/take"], receiver.after = 429, told
    with pytest.raises(Transient) as why:
        webhook.send(MESSAGE)
    assert why.value.after == seconds


def test_no_answer_leaves_open_whether_it_arrived(webhook: Webhook, receiver: AlertReceiver) -> None:
    receiver.hangs.add("/take")
    with pytest.raises(Unclear, match="ReadTimeout"):
        webhook.send(MESSAGE)


def test_where_nobody_listens_it_did_not_arrive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(Transient) as why:
        opened("http://127.0.0.1:9/", monkeypatch, tmp_path, private=True).send(MESSAGE)
    assert not isinstance(why.value, Unclear)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x",
        "https://user:pw@hooks.example/",
        "ftp://hooks.example/",
        "https://",
        "https://[::1",
    ],
)
def test_only_addresses_with_tls_and_without_passwords_will_do(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=r"\$URL"):
        opened(url, monkeypatch, tmp_path)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "[64:ff9b::a00:1]", "10.1"]
)
def test_nothing_is_sent_to_private_addresses(
    host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(Terminal, match="allow_private"):
        opened(f"https://{host}/x", monkeypatch, tmp_path).send(MESSAGE)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1",
        "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1",
        "2001:db8::1", "::127.0.0.1",
    ],
)  # fmt: skip
def test_these_are_no_addresses_of_the_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
)
def test_these_are_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


def test_one_private_address_among_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", (address, 443)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Terminal):
        resolve("hooks.example", 443, allow_private=False)
    assert resolve("hooks.example", 443, allow_private=True) == "1.1.1.1"
