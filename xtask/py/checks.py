"""Own checks of template.yaml, for what neither `sam validate --lint` nor cfn-lint sees, and for our own rules.

Every check is a generator over a `Stack` that yields sentences about faults; check_test.py seeds each fault and sees
it caught. Which linter misses what stands in docs/decisions/one-template.md.

Use: checks.py            (the template alone)
     checks.py --parity   (binaries = functions = events; needs cargo)
     checks.py --http     (names of the HTTP functions that have a resource of their own)
"""

import argparse
import json
import re
import subprocess
import sys
import tomllib
from functools import cached_property

from expand import ROOT, TEMPLATE, expand, load

CONFIG = ROOT / "samconfig.toml"
# CloudFormation ends at 500; the edge and the alarms of infra-cdk need their share.
MAX_RESOURCES = 400
# API Gateway gives up after 30 s, whatever the function's own timeout is.
MAX_HTTP_TIMEOUT = 30
# An item's lease in seconds (docs/architecture.md): a message must stay hidden longer.
LEASE = 330
SOCKET_ROUTES = {"$connect", "$disconnect", "$default"}
METHODS = {"ANY", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# Item by item and by key only: no Scan, no PartiQL, no table management.
TABLE_ACTIONS = {
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:ConditionCheckItem",
}
SECRET_READERS = {
    "SigningKey": {"auth-session"},
    "AiKey": {
        "planner-cluster-worker",
        "planner-ideas-worker",
        "writer-generate-worker",
        "writer-image-prompts-worker",
        "writer-images-worker",
        "thinker-worker",
    },
    "RunwareKey": {"writer-images-worker"},
}
# Who may touch which prefix of the bucket, and how.
PREFIXES = {
    "uploads": {
        "planner-keywords": {"PutObject"},
        "planner-imports": {"PutObject", "GetObject"},
        "planner-import-worker": {"GetObject"},
        "writer-images": {"PutObject", "GetObject"},
    },
    "raw": {name: {"PutObject", "GetObject"} for name in SECRET_READERS["AiKey"]},
    # Who asks reads the tenant's own prompt; it is saved by `thinker` alone.
    "prompts": {"thinker": {"PutObject", "GetObject"}} | {name: {"GetObject"} for name in SECRET_READERS["AiKey"]},
    "trials": {name: {"PutObject", "GetObject"} for name in ("thinker", "thinker-worker")},
    "content": {
        "writer-content": {"PutObject", "GetObject"},
        "writer-sources": {"PutObject", "GetObject"},
        "writer-regenerate": {"GetObject"},
        "writer-reparse": {"PutObject"},
        "writer-generate-worker": {"PutObject", "GetObject"},
        "publisher": {"GetObject"},
        "writer-images": {"PutObject", "GetObject"},
        "writer-image-prompts-worker": {"GetObject"},
        "publisher-deploy-worker": {"GetObject"},
    },
    "images": {
        "thinker": {"GetObject"},
        "writer-images": {"PutObject", "GetObject"},
        "writer-images-worker": {"PutObject"},
        "publisher-deploy-worker": {"GetObject"},
    },
    "sites": {"publisher-deploy-worker": {"PutObject", "GetObject", "DeleteObject"}},
}
CRON_FIELDS = 6
STAGES = ("dev", "staging", "prod")
# What looks like a key in an event file: AWS, OpenAI, Stripe, GitHub, PEM.
SECRETS = re.compile(r"(AKIA|ASIA)[A-Z0-9]{12}|\bsk-[A-Za-z0-9]{16}|sk_live_|ghp_|-----BEGIN")


def pascal(binary: str) -> str:
    return "".join(part.capitalize() for part in binary.split("-"))


def listed(value) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]


def target(value) -> str:
    """The logical id that a Ref, GetAtt or Sub points at, else the text itself."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref":
            return argument
        if name == "Fn::GetAtt":
            return argument[0] if isinstance(argument, list) else argument.split(".")[0]
        if name == "Fn::Sub":
            text = argument[0] if isinstance(argument, list) else argument
            found = re.match(r"\$\{(\w+)[.}]", text)
            return found.group(1) if found else text
    return str(value)


def text_of(value) -> str:
    """A name as far as it can be read: the text of a Sub or Join, parts included."""
    if isinstance(value, dict):
        return "".join(text_of(item) for item in value.values())
    if isinstance(value, list):
        return "".join(text_of(item) for item in value)
    return str(value)


class Function:
    def __init__(self, logical_id: str, resource: dict, defaults: dict, socket_routes: frozenset[str] = frozenset()):
        self.id = logical_id
        # Of a WebSocket API, for which SAM has no event: its routes are resources of their own.
        self.socket_routes = socket_routes
        self.own = resource.get("Properties", {})
        self.properties = {**defaults, **self.own}
        self.metadata = resource.get("Metadata", {})
        self.binary = self.metadata.get("BuildProperties", {}).get("Binary", "")
        self.events = self.own.get("Events", {})
        variables = defaults.get("Environment", {}).get("Variables", {})
        self.variables = {**variables, **self.own.get("Environment", {}).get("Variables", {})}

    def of(self, *types: str) -> list[tuple[str, dict]]:
        return [(name, event.get("Properties", {})) for name, event in self.events.items() if event["Type"] in types]

    @property
    def statements(self) -> list[dict]:
        return [
            statement
            for policy in listed(self.own.get("Policies"))
            if isinstance(policy, dict)
            for statement in listed(policy.get("Statement"))
        ]

    @property
    def routes(self) -> list[tuple[str, str]]:
        return [
            (event.get("Method", "ANY").upper(), event.get("Path", "$default")) for _, event in self.of("HttpApi")
        ]

    @property
    def kind(self) -> str:
        kinds = {event["Type"] for event in self.events.values()} | ({"socket"} if self.socket_routes else set())
        names = {"socket": "socket", "HttpApi": "http", "SQS": "sqs", "DynamoDB": "stream", "ScheduleV2": "schedule", "EventBridgeRule": "rule"}
        return names.get(next(iter(kinds)), "?") if len(kinds) == 1 else "mixed"

    def may(self, action: str) -> set[str]:
        """Logical ids of what an action is allowed on."""
        return {
            target(resource)
            for statement in self.statements
            if action in listed(statement.get("Action"))
            for resource in listed(statement.get("Resource"))
        }


class Stack:
    """A template, as written and expanded."""

    def __init__(self, source: dict, stages: tuple[str, ...] = STAGES):
        self.source = source
        self.stages = stages
        self.resources = source["Resources"]

    @cached_property
    def functions(self) -> list[Function]:
        defaults = self.source.get("Globals", {}).get("Function", {})
        return [
            Function(name, resource, defaults, frozenset(self.socket_routes.get(name, ())))
            for name, resource in self.resources.items()
            if resource["Type"] == "AWS::Serverless::Function"
        ]

    @cached_property
    def socket_routes(self) -> dict[str, set[str]]:
        """The routes of WebSocket APIs by the logical id of the function behind them."""
        integrations = {
            name: re.search(r"\$\{(\w+)\.Arn\}/invocations$", text_of(properties.get("IntegrationUri", "")))
            for name, properties in self.of("AWS::ApiGatewayV2::Integration").items()
        }
        routes: dict[str, set[str]] = {}
        for properties in self.of("AWS::ApiGatewayV2::Route").values():
            integration = re.search(r"integrations/\$\{(\w+)\}$", text_of(properties.get("Target", "")))
            found = integrations.get(integration.group(1)) if integration else None
            routes.setdefault(found.group(1) if found else "?", set()).add(properties.get("RouteKey", "?"))
        return routes

    @cached_property
    def expansions(self) -> dict[str, dict]:
        return {stage: expand(self.source, Stage=stage) for stage in self.stages}

    def of(self, kind: str, resources: dict | None = None) -> dict[str, dict]:
        resources = self.resources if resources is None else resources
        return {name: r.get("Properties", {}) for name, r in resources.items() if r["Type"] == kind}


def functions_are_whole(stack: Stack):
    for f in stack.functions:
        if f.id != pascal(f.binary):
            yield f"{f.id}: its binary `{f.binary}` asks for the logical id {pascal(f.binary)}"
        if f.metadata.get("BuildMethod") != "rust-cargolambda" or f.own.get("CodeUri") != ".":
            yield f"{f.id}: needs CodeUri . and BuildMethod rust-cargolambda"
        if f.properties.get("Runtime") != "provided.al2023" or f.properties.get("Handler") != "bootstrap":
            yield f"{f.id}: a Rust binary runs as bootstrap on provided.al2023"
        if f.kind in ("?", "mixed"):
            yield f"{f.id}: one function has events of one kind"


def routes_come_in_twos(stack: Stack):
    taken: dict[tuple[str, str], str] = {}
    for f in stack.functions:
        for method, path in f.routes:
            if method not in METHODS:
                yield f"{f.id}: {method} is not a method"
            if path != "$default" and not re.fullmatch(r"/api(/[a-z-]+)+(/\{proxy\+\})?", path):
                yield f"{f.id}: {path} is not a path under /api, whole or with {{proxy+}} at its end"
            if other := taken.get((method, path)):
                yield f"{f.id}: the route {method} {path} belongs to {other}"
            taken[(method, path)] = f.id
        if f.kind != "http":
            continue
        paths = sorted(path for _, path in f.routes)
        roots = [path for path in paths if not path.endswith("{proxy+}")]
        below = [path for path in paths if path.endswith("/{proxy+}")]
        pair = len(roots) == len(below) == 1 and (roots[0] == "$default" or below[0] == roots[0] + "/{proxy+}")
        if not pair or any(method != "ANY" for method, _ in f.routes):
            yield f"{f.id}: an HTTP function has two routes, ANY on a resource and on all below it, not {paths}"
        if f.properties.get("Timeout", 3) > MAX_HTTP_TIMEOUT:
            yield f"{f.id}: API Gateway answers for it after {MAX_HTTP_TIMEOUT} s"


def sockets_are_whole(stack: Stack):
    """A WebSocket API has its three routes at one function, which it may invoke, and a stage that follows changes."""
    for name, api in stack.of("AWS::ApiGatewayV2::Api").items():
        if api.get("ProtocolType") != "WEBSOCKET":
            yield f"{name}: HTTP APIs are written as AWS::Serverless::HttpApi"
        for function, routes in stack.socket_routes.items():
            if routes != SOCKET_ROUTES:
                yield f"{name}: {function} has the routes {sorted(routes)}, not {sorted(SOCKET_ROUTES)}"
            if not any(
                target(permission.get("FunctionName")) == function and name in json.dumps(permission.get("SourceArn"))
                for permission in stack.of("AWS::Lambda::Permission").values()
            ):
                yield f"{name}: may not invoke {function}"
        stages = [s for s in stack.of("AWS::ApiGatewayV2::Stage").values() if target(s.get("ApiId")) == name]
        if len(stages) != 1 or not stages[0].get("AutoDeploy") or "DefaultRouteSettings" not in stages[0]:
            yield f"{name}: needs one stage with AutoDeploy and limits"
    for f in stack.functions:
        for statement in f.statements:
            if "execute-api:ManageConnections" in listed(statement.get("Action")):
                ends = ("/POST/@connections/*", "/DELETE/@connections/*")
                if not all(text_of(one).endswith(ends) for one in listed(statement.get("Resource"))):
                    yield f"{f.id}: may do more with connections than send to them and end them"


def schedules_are_readable(stack: Stack):
    for f in stack.functions:
        for name, event in f.of("ScheduleV2", "Schedule"):
            expression = str(event.get("ScheduleExpression", event.get("Schedule", "")))
            if cron := re.fullmatch(r"cron\((.*)\)", expression):
                if len(cron.group(1).split()) != CRON_FIELDS:
                    yield f"{f.id}: {expression} has not six fields (minute hour day month weekday year)"
            elif rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", expression):
                if (rate.group(1) == "1") == bool(rate.group(3)):
                    yield f"{f.id}: {expression} must be written with one unit in the singular, more in the plural"
            elif not re.fullmatch(r"at\(.+\)", expression):
                yield f"{f.id}: {expression} is neither rate(), cron() nor at()"
            if "AWS::StackName" not in text_of(event.get("Name")):
                yield f"{f.id}: the schedule {name} needs a Name with ${{AWS::StackName}}, else two stages share it"


def failures_are_kept(stack: Stack):
    for f in stack.functions:
        for name, event in f.of("ScheduleV2", "EventBridgeRule", "Schedule"):
            if "DeadLetterConfig" not in event or "RetryPolicy" not in event:
                yield f"{f.id}: {name} needs DeadLetterConfig and RetryPolicy"
        for name, event in f.of("DynamoDB"):
            for needed in ("BisectBatchOnFunctionError", "DestinationConfig", "FilterCriteria", "MaximumRecordAgeInSeconds"):
                if not event.get(needed):
                    yield f"{f.id}: the stream mapping {name} needs {needed}"
            for pattern in event.get("FilterCriteria", {}).get("Filters", []):
                try:
                    json.loads(pattern["Pattern"])
                except ValueError as error:
                    yield f"{f.id}: a filter of {name} is not JSON: {error}"
        for name, event in f.of("SQS", "DynamoDB"):
            if "ReportBatchItemFailures" not in event.get("FunctionResponseTypes", []):
                yield f"{f.id}: {name} needs ReportBatchItemFailures"


def queues_have_ends(stack: Stack):
    queues = stack.of("AWS::SQS::Queue")
    consumers: dict[str, list[Function]] = {}
    ends = set()
    for f in stack.functions:
        for _, event in f.of("SQS"):
            consumers.setdefault(target(event["Queue"]), []).append(f)
            if event.get("BatchSize") != 1:
                yield f"{f.id}: one message an invocation, so that none blocks its neighbour (BatchSize 1)"
        for _, event in f.of("DynamoDB"):
            ends.add(target(event.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")))
        for _, event in f.of("ScheduleV2", "EventBridgeRule"):
            ends.add(target(event.get("DeadLetterConfig", {}).get("Arn")))
    dead = {target(q["RedrivePolicy"]["deadLetterTargetArn"]): name for name, q in queues.items() if "RedrivePolicy" in q}
    for name, queue in queues.items():
        if len(consumers.get(name, [])) > 1:
            yield f"{name}: one consumer, not {len(consumers[name])}"
        for f in consumers.get(name, []):
            timeout = f.properties.get("Timeout", 3)
            least = max(timeout, LEASE) if name not in dead else timeout
            if queue.get("VisibilityTimeout", 30) <= least:
                yield f"{name}: its VisibilityTimeout must exceed {least} s, the time and the lease of {f.id}"
            if name not in dead and f.id != f"{name.removesuffix('Queue')}Worker":
                yield f"{name}: its consumer is called {name.removesuffix('Queue')}Worker by convention, not {f.id}"
        if "RedrivePolicy" in queue:
            if name not in consumers:
                yield f"{name}: nobody takes its messages"
            if queue["RedrivePolicy"].get("maxReceiveCount") != 5:
                yield f"{name}: maxReceiveCount is 5"
        elif name in dead:
            if name not in consumers:
                yield f"{name}: nobody takes the dead letters of {dead[name]}"
            if queue.get("MessageRetentionPeriod", 345600) != 1209600:
                yield f"{name}: dead letters are kept 14 days"
        elif name not in ends:
            yield f"{name}: has no dead-letter queue and is none"


def names_fit(stack: Stack):
    """FIFO names, also inside Fn::Sub, and names that two stages of one account would share."""
    for stage, expansion in stack.expansions.items():
        for name, resource in expansion["Resources"].items():
            properties = resource.get("Properties", {})
            for key, fifo in (("QueueName", "FifoQueue"), ("TopicName", "FifoTopic")):
                if properties.get(fifo) or text_of(properties.get(key, "")).endswith(".fifo"):
                    ends = key not in properties or text_of(properties[key]).endswith(".fifo")
                    if not ends or not properties.get(fifo):
                        yield f"{name}: {fifo} and a name that ends in .fifo go together"
            for key in ("Name", "QueueName", "TopicName", "TableName", "BucketName", "FunctionName", "RoleName", "LogGroupName"):
                value = properties.get(key)
                # A function's name in a mapping or permission, a stage called $default: references, not names of their own.
                own = resource["Type"] not in ("AWS::Lambda::EventSourceMapping", "AWS::Lambda::Permission")
                if own and value is not None and not re.search(r"AWS::StackName|Stage", text_of(value)):
                    yield f"{name}: {key} {text_of(value)} would be shared by all stages of an account ({stage})"


def few_resources(stack: Stack):
    for stage, expansion in stack.expansions.items():
        count = len(expansion["Resources"])
        if count >= MAX_RESOURCES:
            yield f"{stage}: {count} resources after the expansion, {MAX_RESOURCES} are too many"


def policies_are_narrow(stack: Stack):
    for f in stack.functions:
        for policy in listed(f.own.get("Policies")):
            if not isinstance(policy, dict) or "Statement" not in policy:
                yield f"{f.id}: policies are written as statements, not as {text_of(policy)[:60]}"
            elif policy.get("Version") != "2012-10-17":
                yield f"{f.id}: a policy without Version 2012-10-17 is read by older rules"
        for statement in f.statements:
            for resource in listed(statement.get("Resource")):
                if statement.get("Effect") == "Allow" and text_of(resource).strip() in ("*", "arn:*"):
                    yield f"{f.id}: Resource * in {statement.get('Sid')}"
            if "NotAction" in statement or "NotResource" in statement:
                yield f"{f.id}: NotAction and NotResource allow what nobody thought of"
            for action in listed(statement.get("Action")):
                if "*" in action:
                    yield f"{f.id}: {action} allows more than one action"
                elif action.startswith("dynamodb:") and action not in TABLE_ACTIONS:
                    yield f"{f.id}: {action} is not for functions"
        for secret, readers in SECRET_READERS.items():
            if secret in f.may("secretsmanager:GetSecretValue") and f.binary not in readers:
                yield f"{f.id}: may read the secret {secret}"
        if not f.properties.get("PermissionsBoundary"):
            yield f"{f.id}: has no permissions boundary"


def objects_by_prefix(stack: Stack):
    for f in stack.functions:
        for statement in f.statements:
            for action in listed(statement.get("Action")):
                if not action.startswith("s3:") or action == "s3:ListBucket":
                    continue
                for resource in listed(statement.get("Resource")):
                    found = re.search(r"\$\{Bucket\.Arn\}/(\w+)/\*$", text_of(resource))
                    prefix = found.group(1) if found else "?"
                    if action.removeprefix("s3:") not in PREFIXES.get(prefix, {}).get(f.binary, set()):
                        yield f"{f.id}: {action} on {text_of(resource)} is not in the plan of prefixes"
            if "s3:ListBucket" in listed(statement.get("Action")) and "s3:prefix" not in json.dumps(
                statement.get("Condition", {})
            ):
                yield f"{f.id}: s3:ListBucket needs a condition on s3:prefix"


def variables_match_policies(stack: Stack):
    """What a function is told the address of, it may use; and what it may use, it is told the address of."""
    queues = set(stack.of("AWS::SQS::Queue"))
    for f in stack.functions:
        told = {target(value) for value in f.variables.values()}
        may = f.may("sqs:SendMessage") | f.may("sqs:GetQueueAttributes")
        for queue in sorted((told & queues) - may):
            yield f"{f.id}: knows {queue} and may do nothing with it"
        for queue in sorted(may - told):
            yield f"{f.id}: may use {queue} and is not told its address"
        for secret in SECRET_READERS:
            if (secret in told) != (secret in f.may("secretsmanager:GetSecretValue")):
                yield f"{f.id}: the address of {secret} and the right to read it go together"
        for name, value in f.variables.items():
            expected = {"Queue": "_QUEUE_URL", "DeadLetters": "_DEAD_LETTERS_URL"}
            for ending, suffix in expected.items():
                queue = target(value)
                if queue in queues and queue.endswith(ending):
                    parts = re.findall("[A-Z][a-z]*", queue.removesuffix(ending))
                    if name != "_".join(parts).upper() + suffix:
                        yield f"{f.id}: the address of {queue} is called {'_'.join(parts).upper() + suffix}, not {name}"


def data_is_guarded(stack: Stack):
    queues = stack.of("AWS::SQS::Queue")
    closed = set()
    for policy in stack.of("AWS::SQS::QueuePolicy").values():
        for statement in listed(policy["PolicyDocument"]["Statement"]):
            if statement["Effect"] == "Deny" and "aws:SecureTransport" in json.dumps(statement.get("Condition", {})):
                closed |= {target(queue) for queue in policy["Queues"]}
    for name, queue in queues.items():
        if not queue.get("SqsManagedSseEnabled"):
            yield f"{name}: is not encrypted"
        if name not in closed:
            yield f"{name}: also takes calls without TLS"
    for name, table in stack.of("AWS::DynamoDB::Table").items():
        if not table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            yield f"{name}: has no point-in-time recovery"
        if not table.get("SSESpecification", {}).get("SSEEnabled"):
            yield f"{name}: is not encrypted"
        if table.get("TimeToLiveSpecification", {}).get("AttributeName") != "ttl":
            yield f"{name}: expiry is the attribute ttl"
        if table.get("DeletionProtectionEnabled") != {"Fn::If": ["IsProd", True, False]}:
            yield f"{name}: has no deletion protection in prod"
    for name, bucket in stack.of("AWS::S3::Bucket").items():
        block = bucket.get("PublicAccessBlockConfiguration", {})
        keys = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        if not all(block.get(key) for key in keys):
            yield f"{name}: can be opened to the public"
        if not bucket.get("BucketEncryption"):
            yield f"{name}: is not encrypted"
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"):
        for name in stack.of(kind):
            resource = stack.resources[name]
            kept = resource.get("DeletionPolicy", "").startswith("Retain"), resource.get("UpdateReplacePolicy") == "Retain"
            if not all(kept):
                yield f"{name}: is lost when the stack goes or replaces it"


CHECKS = [
    functions_are_whole,
    routes_come_in_twos,
    sockets_are_whole,
    schedules_are_readable,
    failures_are_kept,
    queues_have_ends,
    names_fit,
    few_resources,
    policies_are_narrow,
    objects_by_prefix,
    variables_match_policies,
    data_is_guarded,
]


def findings(source: dict) -> list[str]:
    stack = Stack(source)
    return list(dict.fromkeys(f"template.yaml: {finding}" for check in CHECKS for finding in check(stack)))


def stages_are_described(source: dict, config: dict):
    """samconfig.toml has each stage, with parameters that the template knows, and no account."""
    for stage in STAGES:
        deploy = config.get(stage, {}).get("deploy", {}).get("parameters", {})
        overrides = dict(item.split("=", 1) for item in deploy.get("parameter_overrides", []))
        stack = config.get(stage, {}).get("global", {}).get("parameters", {}).get("stack_name")
        if overrides.get("Stage") != stage or stack != f"igny8-{stage}":
            yield f"samconfig.toml: {stage} needs the stack igny8-{stage} and Stage={stage}"
        for name, value in overrides.items():
            parameter = source["Parameters"].get(name)
            if parameter is None:
                yield f"samconfig.toml: {stage} sets {name}, which template.yaml does not have"
            elif value not in parameter.get("AllowedValues", [value]):
                yield f"samconfig.toml: {stage} sets {name} to {value}, which template.yaml does not allow"
    if re.search(r"\d{12}", json.dumps(config)):
        yield "samconfig.toml: holds what looks like an account number"


# ---- parity: binaries = functions = events


def binaries() -> set[str]:
    """Names of the binaries of the crates under functions/, as cargo sees them."""
    answer = subprocess.run(
        ["cargo", "metadata", "--no-deps", "--format-version", "1", "--offline"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )
    below = str(ROOT / "functions") + "/"
    return {
        item["name"]
        for package in json.loads(answer.stdout)["packages"]
        if package["manifest_path"].startswith(below)
        for item in package["targets"]
        if "bin" in item["kind"]
    }


def fits(path: str, route: str) -> bool:
    return path == route or (route.endswith("/{proxy+}") and path.startswith(route.removesuffix("{proxy+}")))


def event_faults(f: Function, event: dict):
    """What is wrong with a sample event for its function."""
    if f.kind == "http":
        path = event.get("rawPath", "")
        route = event.get("routeKey", "").removeprefix("ANY ")
        if event.get("version") != "2.0" or event.get("requestContext", {}).get("http", {}).get("path") != path:
            yield "is not an HTTP API event of version 2.0 with one path"
        if route not in {path for _, path in f.routes}:
            yield f"has the routeKey {route}, which is not the function's"
        if route != "$default" and not fits(path, route):
            yield f"has the path {path}, which its routeKey does not take"
    elif f.kind == "socket":
        context = event.get("requestContext", {})
        if context.get("routeKey") not in f.socket_routes or not context.get("connectionId"):
            yield "is not an event of a route of the function's WebSocket API"
        if context.get("eventType") not in ("CONNECT", "MESSAGE", "DISCONNECT"):
            yield f"has the eventType {context.get('eventType')}"
    elif f.kind == "sqs":
        queues = {target(properties["Queue"]) for _, properties in f.of("SQS")}
        records = event.get("Records", [])
        if len(records) != 1:
            yield "has not one record, as the mapping's BatchSize says"
        for record in records:
            if record.get("eventSource") != "aws:sqs" or record.get("eventSourceARN", ":").split("-")[-1] not in queues:
                yield "does not come from the function's queue"
            if "MessageGroupId" not in record.get("attributes", {}):
                yield "has no MessageGroupId, the tenant"
            json.loads(record["body"])
    elif f.kind == "stream":
        records = event.get("Records", [])
        if not records or any(record.get("eventSource") != "aws:dynamodb" for record in records):
            yield "has no stream records"
    elif f.kind == "rule":
        ((_, properties),) = f.of("EventBridgeRule")
        pattern = properties["Pattern"]
        if event.get("source") not in pattern["source"] or event.get("detail-type") not in pattern["detail-type"]:
            yield "does not match the function's rule"


def parity(source: dict, built: set[str] | None) -> list[str]:
    """Differences between binaries, functions and events. `built` is None while there is no crate under functions/."""
    stack = Stack(source)
    named = {f.binary for f in stack.functions}
    events = {path.stem: path for path in (ROOT / "events").glob("*.json")}
    found = [f"template.yaml has {name}, events/ has no {name}.json" for name in sorted(named - set(events))]
    found += [f"events/{name}.json belongs to no function" for name in sorted(set(events) - named)]
    if built is not None:
        found += [f"template.yaml has {name}, no crate under functions/ builds it" for name in sorted(named - built)]
        found += [f"functions/ builds {name}, template.yaml does not have it" for name in sorted(built - named)]
    for f in stack.functions:
        if f.binary not in events:
            continue
        text = events[f.binary].read_text()
        if SECRETS.search(text):
            found.append(f"events/{f.binary}.json holds what looks like a key")
        try:
            found += [f"events/{f.binary}.json {fault}" for fault in event_faults(f, json.loads(text))]
        except (ValueError, KeyError, AttributeError) as error:
            found.append(f"events/{f.binary}.json cannot be read: {error!r}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parity", action="store_true", help="compare binaries, functions and events instead")
    parser.add_argument("--http", action="store_true", help="print the HTTP functions with a resource of their own")
    args = parser.parse_args()
    source = load(TEMPLATE.read_text())
    if args.http:
        own = [f.binary for f in Stack(source).functions if f.kind == "http" and ("ANY", "$default") not in f.routes]
        print("\n".join(own))
        return 0
    if args.parity:
        built = binaries() or None
        found = parity(source, built)
        if built is None:
            print("NOTE: functions/ has no crate yet; functions and events were compared, binaries were not.")
        done = f"{len(Stack(source).functions)} functions, {len(built or [])} binaries"
    else:
        found = findings(source) + list(stages_are_described(source, tomllib.loads(CONFIG.read_text())))
        counts = {stage: len(expansion["Resources"]) for stage, expansion in Stack(source).expansions.items()}
        done = f"{len(Stack(source).functions)} functions, {counts['prod']} resources after the expansion"
    for finding in found:
        print(finding)
    print(f"{done}: {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
