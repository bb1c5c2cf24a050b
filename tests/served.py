"""`apportion serve` in a process of its own, spoken to over HTTP."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any


class Server:
    """Serves a workspace until it is stopped or killed."""

    def __init__(self, workspace: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        words = ["-w", str(workspace), "serve", "--no-jobs", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "apportion", *words], stdout=subprocess.DEVNULL
        )
        while self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(self, path: str, content: Any) -> tuple[int, bytes]:
        """Status and body of the answer to JSON."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as to:
            to.request("POST", path, json.dumps(content), {"Content-Type": "application/json"})
            answer = to.getresponse()
            return answer.status, answer.read()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
