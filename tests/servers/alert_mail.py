"""A mail server on loopback that speaks as much SMTP as it takes to receive a message."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


@dataclass
class Mailbox:
    """What came, in order. With `refuses`, every message is refused with that answer."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    refuses: str = ""


@contextmanager
def mail_server(mailbox: Mailbox) -> Iterator[Mailbox]:
    """Serve it until the end."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 mail.fernway.example")
            for line in self.rfile:
                word = line.strip().upper()[:4]
                if word == b"QUIT":
                    self._say("221 bye")
                    return
                if word == b"DATA":
                    self._say("354 go on")
                    self._data()
                else:
                    self._say("250 ok")

        def _data(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b"."))
            if mailbox.refuses:
                self._say(mailbox.refuses)
                return
            found = message_from_bytes(b"".join(lines), policy=policy.default)
            mailbox.messages.append(cast("EmailMessage", found))
            self._say("250 taken")

        def _say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()
