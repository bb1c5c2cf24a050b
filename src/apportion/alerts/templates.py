"""How an alert reads: for people as plain text and Markdown, for machines as a JSON document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from string import Formatter

from apportion.alerts.messages import CONTACT, Message
from apportion.alerts.signals import Signal
from apportion.core.money import plain

VERSION = 1
"""Of the document; it grows when a field changes its meaning or goes."""
FIELDS = ("title", "text", "severity", "event", "id", "time", "link", "count", "rule", "channel")
"""What a template of one's own may say in braces."""
_LONGEST_TITLE, _LONGEST_TEXT = 300, 8_000
_ESCAPED = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|"})
Document = dict[str, object]


@dataclass(frozen=True)
class Written:
    """A message as one channel sends it. Messages about the same alerts have the same `thread`.

    `contact` is the address of somebody outside, whom it is for; '' for none.
    """

    message_id: str
    thread: str
    event: str
    severity: str
    title: str
    text: str
    markdown: str
    document: Document
    contact: str = ""


def check_template(template: str) -> str:
    """The template itself. ValueError where it is broken, or has a field that is not one of FIELDS."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as why:
        raise ValueError(f"the braces do not match: {why}; write {{{{ for a brace itself") from None
    for _, field, form, conversion in parts:
        if field is not None and (field not in FIELDS or form or conversion):
            raise ValueError(f"there is no field '{{{field}}}' here; there are {', '.join(FIELDS)}")
    return template


def alert_document(alert_id: str, signal: Signal) -> Document:
    """One alert, as an entry of the list `alerts` in a message's body. Amounts are text."""
    return {
        "id": alert_id,
        "rule": signal.rule,
        "key": signal.key,
        "severity": signal.severity,
        "title": signal.title,
        "text": signal.text,
        "at": _written_time(signal.at),
        "dimensions": dict(sorted(signal.dimensions.items())),
        "value": None if signal.value is None else plain(signal.value),
        "limit": None if signal.limit is None else plain(signal.limit),
        "unit": signal.unit,
        "link": signal.link,
        "lines": list(signal.lines),
    }


def written(message: Message, *, base_url: str = "", title: str = "", text: str = "") -> Written:
    """The message in every form; `title` and `text` are templates that replace the usual ones.

    Links of the dashboard are paths; with `base_url` before them, they can be followed.
    """
    fields = _fields(message, base_url)
    headline = _one_line(_filled(title, fields) if title else headed(message))[:_LONGEST_TITLE]
    own = _filled(text, fields) if text else ""
    foot = f"{_day(message.due)} · message {message.message_id}"
    body = own or "\n\n".join(_plain(message, base_url))
    marked = _escaped(own) if own else "\n\n".join(_marked(message, base_url))
    return Written(
        message_id=message.message_id,
        thread=_thread(message),
        event=message.event,
        severity=message.severity,
        title=headline,
        text=f"{body[:_LONGEST_TEXT]}\n\n{foot}",
        markdown=f"{marked[:_LONGEST_TEXT]}\n\n{_escaped(foot)}",
        document=document(message, headline, base_url),
        contact=str(message.body.get(CONTACT) or ""),
    )


def document(message: Message, title: str, base_url: str = "") -> Document:
    """What a webhook gets: the same for every attempt, so that a repeat can be told by its id."""
    alerts = [{**alert, "link": linked(str(alert.get("link") or ""), base_url)} for alert in _alerts(message)]
    more = {name: value for name, value in message.body.items() if name != "alerts"}
    return {
        **more,
        "version": VERSION,
        "id": message.message_id,
        "channel": message.channel,
        "event": message.event,
        "severity": message.severity,
        "title": title,
        "text": message.text,
        "time": _written_time(message.due),
        "alerts": alerts or [{"id": alert} for alert in message.alerts],
    }


def headed(message: Message) -> str:
    """The title with what it is about before it: 'Critical: …', 'Resolved: …'."""
    word = {
        "opened": message.severity,
        "worse": f"now {message.severity}",
        "reminder": f"still {message.severity}",
        "escalated": f"{message.severity}, nobody took it yet",
        "resolved": "resolved",
        "test": "test",
    }[message.event]
    head = f"{word[:1].upper()}{word[1:]}: "
    return message.title if message.title.lower().startswith(head.lower()) else head + message.title


def linked(link: str, base_url: str) -> str:
    """A path of the dashboard as an address; as it is where it is one, or there is no `base_url`."""
    return f"{base_url.rstrip('/')}{link}" if base_url and link.startswith("/") else link


def _plain(message: Message, base_url: str) -> list[str]:
    alerts = _alerts(message)
    blocks = [message.text] if message.text and not _tells_alone(message, alerts) else []
    for alert in alerts:
        lines = [_word(alert, "title")] if len(alerts) > 1 else []
        lines += [_word(alert, "text"), *(f"• {line}" for line in _lines(alert))]
        lines += [linked(_word(alert, "link"), base_url)]
        blocks.append("\n".join(line for line in lines if line))
    return [block for block in blocks if block] or [message.title]


def _marked(message: Message, base_url: str) -> list[str]:
    alerts = _alerts(message)
    blocks = [_escaped(message.text)] if message.text and not _tells_alone(message, alerts) else []
    for alert in alerts:
        if len(alerts) > 1:
            blocks.append(f"**{_escaped(_word(alert, 'title'))}**")
        blocks.append(_escaped(_word(alert, "text")))
        blocks.append("\n".join(f"- {_escaped(line)}" for line in _lines(alert)))
        address = linked(_word(alert, "link"), base_url)
        blocks.append(f"<{address}>" if "://" in address else _escaped(address))
    return [block for block in blocks if block] or [_escaped(message.title)]


def _tells_alone(message: Message, alerts: Sequence[Mapping[str, object]]) -> bool:
    """Whether the one alert says all that the message's own text would."""
    return len(alerts) == 1 and bool(_word(alerts[0], "text")) and _word(alerts[0], "text") in message.text


def _fields(message: Message, base_url: str) -> dict[str, str]:
    alerts = _alerts(message)
    first: Mapping[str, object] = alerts[0] if alerts else {}
    return {
        "title": message.title,
        "text": "\n\n".join(_plain(message, base_url)),
        "severity": message.severity,
        "event": message.event,
        "id": message.message_id,
        "time": _day(message.due),
        "link": linked(_word(first, "link"), base_url),
        "count": str(len(message.alerts)),
        "rule": _word(first, "rule"),
        "channel": message.channel,
    }


def _filled(template: str, fields: Mapping[str, str]) -> str:
    """The template with its fields; they are text, and nothing in them is read as a template."""
    return "".join(
        before + (fields[field] if field is not None else "")
        for before, field, _, _ in Formatter().parse(template)
    )


def _thread(message: Message) -> str:
    about = "\n".join(sorted(message.alerts)) or message.message_id
    return f"apportion-{sha256(about.encode()).hexdigest()[:32]}"


def _alerts(message: Message) -> list[Mapping[str, object]]:
    found = message.body.get("alerts")
    return [alert for alert in found if isinstance(alert, Mapping)] if isinstance(found, list) else []


def _lines(alert: Mapping[str, object]) -> list[str]:
    found = alert.get("lines")
    return [str(line) for line in found] if isinstance(found, list) else []


def _word(alert: Mapping[str, object], name: str) -> str:
    return str(alert.get(name) or "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _written_time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _day(time: datetime) -> str:
    return f"{time.astimezone(UTC):%-d %b %Y %H:%M} UTC"
