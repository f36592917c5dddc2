"""Starts binaries as Lambda would, each a process of its own against a Runtime API, and hands each its sample event.

`cargo lambda watch --only-lambda-apis` plays the Runtime API and the HTTP router, moto_server plays AWS. The variables
of each process are those of template.yaml, with the addresses of what was made from its expansion: a variable that the
template forgets is one that the process does not have.

Use: real_process.py --expansion FILE --bin-dir DIR --cargo-lambda FILE [--workspace DIR] NAME...
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import boto3

ROOT = Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
ACCOUNT = "123456789012"
# The keys of nobody: moto takes any.
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
PATIENCE = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def process(name: str, command: list[str], log: Path, cwd: Path = ROOT, **variables: str):
    """A child with an environment of its own; ended by its id, whatever happens."""
    base = {key: os.environ[key] for key in ("PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN") if key in os.environ}
    with log.open("wb") as out:
        child = subprocess.Popen(command, cwd=cwd, env={**base, **variables}, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def await_port(port: int, child: subprocess.Popen, what: str):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if child.poll() is not None:
            raise SystemExit(f"{what} ended with {child.returncode} before it listened")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"{what} does not listen after {PATIENCE} s")


class World:
    """What the template declares, made in moto, and what Ref, GetAtt, Sub and If of it give."""

    def __init__(self, expansion: dict, endpoint: str):
        self.expansion = expansion
        self.endpoint = endpoint
        self.refs = {name: p.get("Default", "") for name, p in expansion.get("Parameters", {}).items()}
        self.refs |= {
            "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws",
            "AWS::StackName": "igny8-test", "AWS::URLSuffix": "amazonaws.com",
        }
        self.arns: dict[str, str] = {}

    def client(self, service: str):
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=REGION,
            aws_access_key_id="testing", aws_secret_access_key="testing",
        )

    def build(self):
        makers = {
            "AWS::DynamoDB::Table": self.table, "AWS::S3::Bucket": self.bucket, "AWS::SQS::Queue": self.queue,
            "AWS::Events::EventBus": self.bus, "AWS::SecretsManager::Secret": self.secret,
            "AWS::ApiGatewayV2::Stage": self.stage,
        }
        for name, resource in self.expansion["Resources"].items():
            if make := makers.get(resource["Type"]):
                make(name, resource["Properties"])

    def table(self, name: str, properties: dict):
        keep = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
        made = self.client("dynamodb").create_table(
            TableName=f"igny8-test-{name}", **{key: properties[key] for key in keep},
            StreamSpecification={"StreamEnabled": True, **properties["StreamSpecification"]},
        )["TableDescription"]
        self.refs[name], self.arns[name] = made["TableName"], made["TableArn"]

    def bucket(self, name: str, _):
        self.refs[name] = f"igny8-test-{name}".lower()
        self.arns[name] = f"arn:aws:s3:::{self.refs[name]}"
        self.client("s3").create_bucket(
            Bucket=self.refs[name], CreateBucketConfiguration={"LocationConstraint": REGION}
        )

    def queue(self, name: str, _):
        self.refs[name] = self.client("sqs").create_queue(QueueName=f"igny8-test-{name}")["QueueUrl"]
        self.arns[name] = f"arn:aws:sqs:{REGION}:{ACCOUNT}:igny8-test-{name}"

    def bus(self, name: str, properties: dict):
        self.refs[name] = self.value(properties["Name"])
        self.arns[name] = self.client("events").create_event_bus(Name=self.refs[name])["EventBusArn"]

    def secret(self, name: str, _):
        self.refs[name] = self.client("secretsmanager").create_secret(Name=f"igny8-test-{name}")["ARN"]

    def stage(self, name: str, properties: dict):
        self.refs[name] = self.value(properties["StageName"])

    def name(self, found: re.Match) -> str:
        """What `${Name}` or `${Name.Attribute}` of a Sub stands for."""
        match found[2]:
            case None:
                return str(self.refs[found[1]])
            case ".Arn":
                return self.arns[found[1]]
            case ".ApiEndpoint":
                return f"wss://{found[1]}.example.com"
        raise SystemExit(f"{found[0]} cannot be worked out here")

    def value(self, value) -> str:
        match value:
            case {"Ref": name}:
                return str(self.refs[name])
            case {"Fn::GetAtt": [name, "Arn"]}:
                return self.arns[name]
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([\w:]+)(\.\w+)?\}", self.name, text)
            case {"Fn::If": [condition, yes, no]}:
                return self.value(yes if self.holds(condition) else no)
            case dict():
                raise SystemExit(f"the value {value} cannot be worked out here")
        return str(value)

    def holds(self, condition: str) -> bool:
        left, right = self.expansion["Conditions"][condition]["Fn::Equals"]
        return self.value(left) == self.value(right)

    def variables(self, function: dict) -> dict[str, str]:
        declared = function["Properties"].get("Environment", {}).get("Variables", {})
        return {name: self.value(value) for name, value in declared.items()}


def function_of(expansion: dict, binary: str) -> tuple[str, dict]:
    name = "".join(part.capitalize() for part in binary.split("-"))
    return name, expansion["Resources"][name]


def routes(expansion: dict) -> dict[str, str]:
    """Path in cargo-lambda's spelling → binary, from the API's OpenAPI body in the expansion."""
    found = {}
    for resource in expansion["Resources"].values():
        # A WebSocket API has no paths.
        if resource["Type"] != "AWS::ApiGatewayV2::Api" or "Body" not in resource["Properties"]:
            continue
        for path, methods in resource["Properties"]["Body"]["paths"].items():
            for method in methods.values():
                uri = json.dumps(method["x-amazon-apigateway-integration"]["uri"])
                name = re.search(r"\$\{(\w+)\.Arn\}", uri).group(1)
                binary = re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
                found["/{*any}" if path == "/$default" else path.replace("{proxy+}", "{*proxy}")] = binary
    return found


def kind_of(event: dict) -> str:
    if "routeKey" in event:
        return "http"
    if "connectionId" in event.get("requestContext", {}):
        return "socket"
    if "Records" in event:
        return "sqs" if event["Records"][0]["eventSource"] == "aws:sqs" else "stream"
    return "schedule" if event.get("source") == "aws.scheduler" else "rule"


def judge(binary: str, event: dict, answer) -> str | None:
    """What is wrong with a function's answer to its sample event; None if nothing is."""
    kind = kind_of(event)
    if kind == "http":
        status = answer.get("statusCode") if isinstance(answer, dict) else None
        public = "authorization" not in event["headers"]
        # The samples carry no token of this stack: public ones are answered, the others are refused politely.
        fine = status is not None and (status < 500 if public else status == 401)
        if binary == "system-status":
            fine = status == 200
        return None if fine else f"answers with status {status}"
    if kind == "socket":
        # The ticket of the sample is none.
        return None if answer == {"statusCode": 403} else f"does not refuse: {answer}"
    if kind in ("sqs", "stream"):
        # The item that the sample names does not exist here: nothing to do, so the message is acknowledged.
        return None if answer == {"batchItemFailures": []} else f"does not acknowledge: {answer}"
    if kind == "schedule":
        return None if isinstance(answer, dict) and answer else f"returns no status: {answer}"
    return None


def call(url: str, method: str = "GET") -> tuple[int, str]:
    request = urllib.request.Request(url, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.headers.get("content-type", "")
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("content-type", "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--expansion", type=Path, required=True)
    parser.add_argument("--bin-dir", type=Path, required=True)
    parser.add_argument("--cargo-lambda", type=Path, required=True)
    parser.add_argument("--events", type=Path, default=ROOT / "events")
    parser.add_argument("--workspace", type=Path, default=ROOT, help="where cargo finds the binaries' crates")
    parser.add_argument("--work-dir", type=Path, default=ROOT / "target" / "real-process")
    parser.add_argument("names", nargs="+")
    args = parser.parse_args()
    expansion = json.loads(args.expansion.read_text())
    cargo_lambda = str(args.cargo_lambda.resolve())
    args.work_dir.mkdir(parents=True, exist_ok=True)
    router = args.work_dir / "CargoLambda.toml"
    lines = [f'"{path}" = "{binary}"' for path, binary in sorted(routes(expansion).items())]
    router.write_text("\n".join(["[watch.router]", *lines, ""]))

    passed, failed = 0, []

    def report(what: str, fault: str | None, log: Path | None = None):
        nonlocal passed
        if fault is None:
            passed += 1
            print(f"ok    {what}")
        else:
            failed.append(what)
            print(f"FAIL  {what}: {fault}")
            if log:
                print("      " + "\n      ".join(log.read_text(errors="replace").splitlines()[-15:]))

    with ExitStack() as stack:
        moto_port, port = free_port(), free_port()
        # `moto_server` beside this Python: both are in one venv.
        moto_log = args.work_dir / "moto.log"
        moto = stack.enter_context(
            process("moto", [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", str(moto_port)], moto_log)
        )
        watch_log = args.work_dir / "watch.log"
        watch = stack.enter_context(
            process(
                "watch",
                [
                    cargo_lambda, "lambda", "watch", "--only-lambda-apis", "--ignore-changes",
                    "--global", str(router), "-A", "127.0.0.1", "-P", str(port),
                ],
                watch_log,
                args.workspace,
                # It must never fetch a target or a toolchain by itself.
                RUSTUP_DIST_SERVER="http://127.0.0.1:9",
            )
        )
        await_port(moto_port, moto, "moto_server")
        await_port(port, watch, "cargo lambda watch")
        endpoint = f"http://127.0.0.1:{moto_port}"
        world = World(expansion, endpoint)
        world.build()

        for binary in args.names:
            _, function = function_of(expansion, binary)
            event_file = args.events / f"{binary}.json"
            event = json.loads(event_file.read_text())
            log = args.work_dir / f"{binary}.log"
            if not (args.bin_dir / binary).is_file():
                report(f"{binary} answers its event", "no crate has built it")
                continue
            runtime = {
                "AWS_LAMBDA_RUNTIME_API": f"http://127.0.0.1:{port}/.rt/{binary}",
                "AWS_LAMBDA_FUNCTION_NAME": binary,
                "AWS_LAMBDA_FUNCTION_VERSION": "1",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function["Properties"]["MemorySize"]),
            }
            variables = {**KEYS, "AWS_ENDPOINT_URL": endpoint, **world.variables(function), **runtime}
            child = stack.enter_context(process(binary, [str(args.bin_dir.resolve() / binary)], log, **variables))
            try:
                invoked = subprocess.run(
                    [
                        cargo_lambda, "lambda", "invoke", "-A", "127.0.0.1", "-P", str(port),
                        binary, "--data-file", str(event_file),
                    ],
                    capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL,
                )
            except subprocess.TimeoutExpired:
                ended = "" if child.poll() is None else f"; the process ended with {child.returncode}"
                report(f"{binary} answers its event", f"no answer within {PATIENCE} s{ended}", log)
                continue
            try:
                answer = json.loads(invoked.stdout) if invoked.returncode == 0 else None
                fault = judge(binary, event, answer) if invoked.returncode == 0 else invoked.stderr.strip()
            except ValueError:
                fault = f"answers what is not JSON: {invoked.stdout[:200]}"
            report(f"{binary} answers its event ({kind_of(event)})", fault, log)
            report(f"{binary} lives on", None if child.poll() is None else f"ended with {child.returncode}", log)
            if kind_of(event) == "http" and event["requestContext"]["http"]["method"] == "GET":
                status, _ = call(f"http://127.0.0.1:{port}{event['rawPath']}")
                expected = answer.get("statusCode") if isinstance(answer, dict) else None
                fault = None if status == expected else f"{status} through the router, {expected} by its event"
                report(f"{binary} is found by the template's routes", fault, watch_log)
            if binary == "system-status":
                status, content_type = call(f"http://127.0.0.1:{port}/api/no-such-thing", "POST")
                fine = status == 404 and content_type.startswith("application/problem+json")
                report("an unknown path is a problem", None if fine else f"{status} {content_type}", log)

    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
