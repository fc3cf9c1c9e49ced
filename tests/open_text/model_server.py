"""A server that speaks OpenAI's interface, on this machine: what it was asked, and what it says."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class ModelServer(http.server.ThreadingHTTPServer):
    """Its vectors are counts of letters, given in the wrong order.

    Attributes:
        asked: bodies, in order.
        keys: what stood in ``Authorization`` each time.
        away: it answers with an error.
        name: what it says when a name is asked for; "{n}" is how many were.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.away = False
        self.name = "A name"
        self.elsewhere = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def batches(self) -> list[int]:
        return [len(one["input"]) for one in self.asked if "input" in one]

    @property
    def texts(self) -> list[str]:
        return [text for one in self.asked for text in one.get("input", [])]

    @property
    def prompts(self) -> list[str]:
        told = [one["messages"] for one in self.asked if "messages" in one]
        return [" ".join(message["content"] for message in one) for one in told]


class Answering(http.server.BaseHTTPRequestHandler):
    server: ModelServer

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        self.server.keys.append(self.headers["Authorization"])
        if self.server.elsewhere:
            self.send_response(307)
            self.send_header("Location", f"{self.server.elsewhere}/embeddings")
            self.end_headers()
            return
        if asked["model"] == "garbled":
            self.wfile.write(b"no status at all\r\n\r\n")
            return
        failing = self.server.away or asked["model"] == "failing"
        self.send_response(500 if failing else 200)
        self.end_headers()
        chat = self.path.endswith("/chat/completions")
        told = self.completion(asked) if chat else self.embeddings(asked)
        self.wfile.write(json.dumps(told).encode())

    def completion(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["model"] == "broken":
            return {"nonsense": 1}
        n = len(self.server.prompts)
        return {
            "choices": [{"message": {"role": "assistant", "content": self.server.name.format(n=n)}}]
        }

    def embeddings(self, asked: dict[str, Any]) -> dict[str, Any]:
        rows: list[dict[str, Any]] = [
            {"index": at, "embedding": [text.count(letter) + 0.1 for letter in LETTERS]}
            for at, text in enumerate(asked["input"])
        ]
        if asked["model"] == "broken":
            rows = [{"nonsense": 1}]
        if asked["model"] == "short":
            rows = rows[1:]
        if asked["model"] == "nan":
            rows[0]["embedding"][0] = float("nan")
        return {"data": rows[::-1]}

    def log_message(self, *args: object) -> None:
        """Silence."""


@contextmanager
def model_server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
