"""Measures functions as Lambda meets them: start of the process to its first poll, to its first answer, and more.

A tiny Runtime API of our own takes the times; moto_server plays AWS for all of them, so that the figures can be
compared with each other (they are not those of AWS). Beside our binaries run a hello-world in Rust and a minimal Python
handler with boto3 that reads one row of the same table.

Use: bench.py --expansion FILE --bin-dir DIR --hello FILE [--json FILE] NAME...
"""

import argparse
import base64
import io
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import uuid
import zipfile
from contextlib import ExitStack
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from real_process import KEYS, ROOT, World, await_port, free_port, function_of, process

RUNS = 11
WARM = 200
PATIENCE = 30
MB = 1_000_000
# Rows of this tenant do not exist: the read finds an empty list.
TENANT, USER = "01JD8Q4ZK3T6W0V9R2M5XNAE7B", "01JD8Q4ZK47H8YB0PC3G6SDFT1"


class RuntimeApi:
    """The three calls of the Lambda Runtime API that a bootstrap makes, over one kept connection."""

    def __init__(self, log):
        # What the processes say; kept open for all of them.
        self.log = log
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(PATIENCE)
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"

    def session(self, command: list[str], variables: dict[str, str], event: bytes, warm: int) -> dict:
        """One life of a process: seconds to its first poll and answer, the answer, and seconds of CPU per warm call."""
        start = time.perf_counter()
        child = subprocess.Popen(
            command, env={"PATH": os.environ["PATH"], **variables, "AWS_LAMBDA_RUNTIME_API": self.address},
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
        )
        try:
            return self.serve(child, start, event, warm)
        finally:
            child.kill()
            child.wait()

    def serve(self, child, start: float, event: bytes, warm: int) -> dict:
        figures: dict = {}
        answered = 0
        cpu = 0.0
        connection, stream = None, None
        while answered <= warm:
            if stream is None:
                connection, _ = self.listener.accept()
                connection.settimeout(PATIENCE)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                stream = connection.makefile("rb")
            line = stream.readline()
            if not line:
                stream = None
                continue
            method, path, _ = line.decode().split(" ", 2)
            headers = {}
            while (line := stream.readline().strip()) != b"":
                name, value = line.decode().split(":", 1)
                headers[name.strip().lower()] = value.strip()
            body = self.body(stream, headers)
            if method == "GET" and path.endswith("/next"):
                figures.setdefault("poll", time.perf_counter() - start)
                reply = (
                    f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(event)}\r\n"
                    f"lambda-runtime-aws-request-id: {uuid.uuid4()}\r\n"
                    f"lambda-runtime-deadline-ms: {int(time.time() * 1000) + 30_000}\r\n"
                    "lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-central-1:123456789012:function:bench\r\n\r\n"
                )
                connection.sendall(reply.encode() + event)
            else:
                if answered == 0:
                    figures["answer"] = time.perf_counter() - start
                    figures["says"] = body
                    cpu = cpu_seconds(child.pid)
                answered += 1
                connection.sendall(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
        figures["cpu"] = (cpu_seconds(child.pid) - cpu) / warm if warm else None
        figures["memory"] = peak_memory(child.pid)
        return figures

    @staticmethod
    def body(stream, headers: dict) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            parts = []
            while size := int(stream.readline().split(b";")[0], 16):
                parts.append(stream.read(size))
                stream.readline()
            # Trailers end with an empty line too.
            while stream.readline().strip():
                pass
            return b"".join(parts)
        return stream.read(int(headers.get("content-length", 0)))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_memory(pid: int) -> int:
    """Bytes: VmHWM."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"process {pid} has no VmHWM")


def zipped(file: Path) -> int:
    """Bytes of the archive that would be deployed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(file, "bootstrap")
    return len(out.getvalue())


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token_and_keys(issuer: str, audience: str) -> tuple[str, str]:
    """An access token as api.md describes it, and the JWKS that it is checked with. The key lives as long as we do."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    jwks = {"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "bench", "x": base64url(public)}]}
    now = int(time.time())
    claims = {
        "iss": issuer, "aud": audience, "sub": USER, "tenant": TENANT, "role": "owner",
        "iat": now, "exp": now + 900, "jti": str(uuid.uuid4()),
    }
    header = {"alg": "EdDSA", "typ": "JWT", "kid": "bench"}
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{base64url(key.sign(signed.encode()))}", json.dumps(jwks)


def list_event(path: str, token: str) -> dict:
    """An authenticated GET of a list, made from a sample."""
    event = json.loads((ROOT / "events" / "auth-workspaces.json").read_text())
    event |= {"rawPath": path, "routeKey": f"ANY {path}", "rawQueryString": "limit=50", "queryStringParameters": {"limit": "50"}}
    event["requestContext"]["http"]["path"] = path
    event["headers"]["authorization"] = f"Bearer {token}"
    return event


def root_route(expansion: dict, logical_id: str) -> str:
    for resource in expansion["Resources"].values():
        if resource["Type"] == "AWS::ApiGatewayV2::Api":
            for path, methods in resource["Properties"]["Body"]["paths"].items():
                if "{" not in path and f"${{{logical_id}.Arn}}" in json.dumps(methods):
                    return path
    raise SystemExit(f"{logical_id} has no route of its own: bench takes HTTP functions")


def measure(api: RuntimeApi, command: list[str], variables: dict, event: dict | None) -> dict:
    payload = json.dumps(event).encode()
    lives = [api.session(command, variables, payload, 0) for _ in range(RUNS)]
    warm = api.session(command, variables, payload, WARM)
    says = json.loads(warm["says"])
    return {
        "first_poll_ms": statistics.median(life["poll"] for life in lives) * 1e3,
        "first_answer_ms": statistics.median(life["answer"] for life in lives) * 1e3,
        "peak_memory_mb": warm["memory"] / MB,
        "cpu_per_call_ms": warm["cpu"] * 1e3,
        "status": says.get("statusCode"),
    }


def shown(figures: dict[str, dict]) -> str:
    columns = {
        "first_poll_ms": "first poll ms", "first_answer_ms": "first answer ms", "peak_memory_mb": "peak MB",
        "cpu_per_call_ms": "CPU ms/call", "zip_mb": "zip MB", "status": "status",
    }
    lines = ["| function | " + " | ".join(columns.values()) + " |", "| --- " * (len(columns) + 1) + "|"]
    for name, row in figures.items():
        cells = []
        for key in columns:
            value = row.get(key)
            cells.append("–" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def goals(figures: dict[str, dict], ours: list[str]) -> list[str]:
    """The goals that are missed, as sentences."""
    missed = []
    hello, python = figures["hello"], figures["python + boto3"]
    for name in ours:
        row = figures[name]
        if row["status"] != 200:
            missed.append(f"{name} answers with {row['status']}: what was measured is not a read")
        if row["first_poll_ms"] > 3 * hello["first_poll_ms"]:
            missed.append(f"{name}: first poll after more than 3 × hello-world")
        if row["first_answer_ms"] > python["first_answer_ms"] / 20:
            missed.append(f"{name}: first answer after more than 1/20 of Python's")
        if row["peak_memory_mb"] > 20:
            missed.append(f"{name}: peak memory over 20 MB")
        if row["zip_mb"] > 5:
            missed.append(f"{name}: zip over 5 MB")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--expansion", type=Path, required=True)
    parser.add_argument("--bin-dir", type=Path, required=True)
    parser.add_argument("--hello", type=Path, required=True)
    parser.add_argument("--issuer", default="igny8")
    parser.add_argument("--audience", default="igny8-api")
    parser.add_argument("--json", type=Path, default=ROOT / "target" / "bench.json")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    expansion = json.loads(args.expansion.read_text())
    figures: dict[str, dict] = {}
    with ExitStack() as stack:
        port = free_port()
        server = [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
        moto = stack.enter_context(process("moto", server, ROOT / "target" / "bench-moto.log"))
        await_port(port, moto, "moto_server")
        endpoint = f"http://127.0.0.1:{port}"
        world = World(expansion, endpoint)
        world.build()
        table = world.refs["Table"]
        # moto loads each service at its first call; nobody measured should wait for that.
        world.client("dynamodb").get_item(TableName=table, Key={"PK": {"S": "-"}, "SK": {"S": "-"}})
        token, keys = token_and_keys(args.issuer, args.audience)
        base = {**KEYS, "AWS_ENDPOINT_URL": endpoint, "AWS_LAMBDA_FUNCTION_VERSION": "1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256"}
        api = RuntimeApi(stack.enter_context((ROOT / "target" / "bench.log").open("wb")))

        sample = list_event("/hello", token)
        figures["hello"] = measure(api, [str(args.hello.resolve())], {**base, "AWS_LAMBDA_FUNCTION_NAME": "hello"}, sample)
        figures["hello"]["zip_mb"] = zipped(args.hello) / MB
        for binary in args.names:
            logical_id, function = function_of(expansion, binary)
            file = (args.bin_dir / binary).resolve()
            variables = {**base, **world.variables(function), "JWT_PUBLIC_KEYS": keys, "AWS_LAMBDA_FUNCTION_NAME": binary}
            figures[binary] = measure(api, [str(file)], variables, list_event(root_route(expansion, logical_id), token))
            figures[binary]["zip_mb"] = zipped(file) / MB
        handler = [sys.executable, str(ROOT / "xtask" / "bench" / "handler.py")]
        figures["python + boto3"] = measure(api, handler, {**base, "TABLE_NAME": table}, sample)
    print(shown(figures))
    missed = goals(figures, args.names)
    for sentence in missed:
        print(f"MISSED  {sentence}")
    args.json.write_text(json.dumps({"functions": figures, "missed": missed}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
