"""A model hub on this computer: as much of the Hugging Face API as fetching a model's files needs."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeHub:
    """Serves the files of `repositories` (name -> folder); `asked` lists the paths it was asked for.

    `refused` are the status and the hub's code of the error with which it refuses a repository.
    """

    def __init__(self, repositories: dict[str, Path], status: int = 200) -> None:
        self.repositories, self.status = repositories, status
        self.refused: dict[str, tuple[int, str]] = {}
        self.asked: list[str] = []
        self.url = ""

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers for a path."""
        if path == "/":
            return self.status, b"", {}
        for name, (status, code) in self.refused.items():
            if name in path:
                return status, b"{}", {"X-Error-Code": code} if code else {}
        for name, folder in self.repositories.items():
            files = sorted(p for p in folder.rglob("*") if p.is_file())
            if path.startswith(f"/api/models/{name}/tree/"):
                return 200, json.dumps([self._entry(folder, file) for file in files]).encode(), {}
            if path == f"/api/models/{name}" or path.startswith(f"/api/models/{name}/revision/"):
                siblings = [{"rfilename": file.relative_to(folder).as_posix()} for file in files]
                return 200, json.dumps({"id": name, "sha": COMMIT, "siblings": siblings}).encode(), {}
            prefix = f"/{name}/resolve/{COMMIT}/"
            if path.startswith(prefix) and (folder / path.removeprefix(prefix)).is_file():
                body = (folder / path.removeprefix(prefix)).read_bytes()
                etag = hashlib.sha256(body).hexdigest()
                return 200, body, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}
        return 404, b"{}", {"X-Error-Code": "RepoNotFound"}

    @staticmethod
    def _entry(folder: Path, file: Path) -> dict[str, object]:
        body = file.read_bytes()
        oid = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
        return {"type": "file", "path": file.relative_to(folder).as_posix(), "size": len(body), "oid": oid}


@contextmanager
def serving(hub: FakeHub) -> Iterator[FakeHub]:
    """Run the hub on a free port of 127.0.0.1; `hub.url` is its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path) or "/"
            hub.asked.append(f"{self.command} {self.path}")
            status, body, headers = hub.answer(path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
