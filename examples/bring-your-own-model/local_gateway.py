"""A gateway on this machine for as long as a `with` block lasts, and the project's commands."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
# The Node that `npm ci` installs: the system's may be too old.
NODE = str(ROOT / "node_modules" / ".bin" / "node")
READY_WITHIN_S = 120


def run(*arguments: str) -> str:
    """`npm run volgate -- …`: prints and returns what it says. Raises `CalledProcessError` when it fails."""
    print("$ npm run volgate --", *(f"{text[:60]}…" if len(text) > 70 else text for text in arguments))
    done = subprocess.run(
        [NODE, "volgate.js", *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    print(done.stdout)
    done.check_returncode()
    return done.stdout


@contextlib.contextmanager
def local_gateway(state: Path, step_ms: int, label: Mapping[str, Any]) -> Iterator[str]:
    """The address of a gateway whose symbols have this grid and label. It is stopped with all that it started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = [f"STEP_MS:{step_ms}", f"LABEL:{json.dumps(dict(label))}", "ARCHIVE:off"]
    given = [part for variable in variables for part in ("--var", variable)]
    command = [NODE, "volgate.js", "dev", "--port", str(port), "--state", str(state), *given]
    log = (state / "gateway.log").open("w")
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url, process, state / "gateway.log")
        yield url
    finally:
        stop(process)
        log.close()


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when the gateway answers. Raises `RuntimeError` with its output when it ends first, or takes too long."""
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"{url}/health/live", timeout=5)
            return
        time.sleep(0.2)
    raise RuntimeError(f"the gateway did not answer at {url}:\n{log.read_text()}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks the gateway to end, and ends what is left of its process group after five seconds."""
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
