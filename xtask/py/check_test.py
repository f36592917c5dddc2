"""Seeds each fault that checks.py is there for into the real template, and sees it caught.

A check that a seed does not set off is a check that looks away: `python check_test.py`, part of
`cargo xtask test --only template`.
"""

import copy
import tomllib
import unittest

import checks
from expand import TEMPLATE, load

SOURCE = load(TEMPLATE.read_text())

# One seed: the check, how to break the template, and a part of the sentence that must come.
SEEDS = []


def seed(check, says: str):
    def keep(breaks):
        SEEDS.append((check, breaks, says))
        return breaks

    return keep


def properties(resources: dict, name: str) -> dict:
    return resources[name]["Properties"]


def event(resources: dict, function: str, name: str) -> dict:
    return properties(resources, function)["Events"][name]["Properties"]


def statements(resources: dict, function: str) -> list:
    return properties(resources, function)["Policies"][0]["Statement"]


@seed(checks.functions_are_whole, "asks for the logical id PlannerTypo")
def binary_of_another_name(r):
    r["PlannerIdeas"]["Metadata"]["BuildProperties"]["Binary"] = "planner-typo"


@seed(checks.functions_are_whole, "events of one kind")
def two_kinds_of_events(r):
    properties(r, "SystemSweep")["Events"]["Work"] = properties(r, "PlannerIdeasWorker")["Events"]["Work"]


@seed(checks.functions_are_whole, "needs CodeUri . and BuildMethod")
def code_from_elsewhere(r):
    properties(r, "Billing")["CodeUri"] = "functions/billing"


@seed(checks.routes_come_in_twos, "FETCH is not a method")
def unknown_method(r):
    event(r, "Billing", "Root")["Method"] = "FETCH"


@seed(checks.routes_come_in_twos, "has two routes")
def one_route_missing(r):
    del properties(r, "Billing")["Events"]["Below"]


@seed(checks.routes_come_in_twos, "has two routes")
def routes_of_two_resources(r):
    event(r, "Billing", "Below")["Path"] = "/api/invoices/{proxy+}"


@seed(checks.routes_come_in_twos, "belongs to PlannerClusters")
def route_taken_twice(r):
    event(r, "PlannerClusters", "Root")["Path"] = "/api/planner/ideas"


@seed(checks.routes_come_in_twos, "is not a path under /api")
def path_with_slash_at_its_end(r):
    event(r, "Billing", "Root")["Path"] = "/api/billing/"


@seed(checks.routes_come_in_twos, "API Gateway answers for it")
def slow_http_function(r):
    properties(r, "Billing")["Timeout"] = 60


@seed(checks.sockets_are_whole, "has the routes")
def socket_without_its_end(r):
    del r["LiveDisconnect"]


@seed(checks.sockets_are_whole, "may not invoke SystemLive")
def socket_without_permission(r):
    properties(r, "LivePermission")["FunctionName"] = {"Ref": "SystemFeed"}


@seed(checks.sockets_are_whole, "needs one stage")
def socket_stage_that_stays_behind(r):
    properties(r, "LiveStage")["AutoDeploy"] = False


@seed(checks.sockets_are_whole, "may do more with connections")
def sockets_that_can_be_closed(r):
    statements(r, "SystemFeed")[1]["Resource"] = {"Fn::Sub": "arn:aws:execute-api:x:y:${LiveApi}/*"}


@seed(checks.functions_are_whole, "SystemLive: one function has events of one kind")
def socket_with_an_event_besides(r):
    properties(r, "SystemLive")["Events"] = copy.deepcopy(properties(r, "SystemFeed")["Events"])


@seed(checks.schedules_are_readable, "has not six fields")
def five_field_cron(r):
    event(r, "SystemSweep", "EveryMinute")["ScheduleExpression"] = "cron(0 12 * * ?)"


@seed(checks.schedules_are_readable, "in the singular")
def rate_in_the_plural(r):
    event(r, "SystemSweep", "EveryMinute")["ScheduleExpression"] = "rate(1 minutes)"


@seed(checks.schedules_are_readable, "neither rate(), cron() nor at()")
def unreadable_schedule(r):
    event(r, "SystemSweep", "EveryMinute")["ScheduleExpression"] = "every minute"


@seed(checks.schedules_are_readable, "else two stages share it")
def schedule_without_name(r):
    del event(r, "SystemSweep", "EveryMinute")["Name"]


@seed(checks.failures_are_kept, "needs DeadLetterConfig")
def schedule_without_dead_letters(r):
    del event(r, "SystemSweep", "EveryMinute")["DeadLetterConfig"]


@seed(checks.failures_are_kept, "needs DeadLetterConfig")
def rule_without_dead_letters(r):
    del event(r, "SystemMail", "MailRequested")["DeadLetterConfig"]


@seed(checks.failures_are_kept, "needs BisectBatchOnFunctionError")
def stream_that_hangs_on_one_record(r):
    event(r, "SystemStream", "Changes")["BisectBatchOnFunctionError"] = False


@seed(checks.failures_are_kept, "needs DestinationConfig")
def stream_without_destination(r):
    del event(r, "SystemStream", "Changes")["DestinationConfig"]


@seed(checks.failures_are_kept, "is not JSON")
def broken_filter(r):
    event(r, "SystemStream", "Changes")["FilterCriteria"]["Filters"][0]["Pattern"] = "{'eventName': ['INSERT']}"


@seed(checks.failures_are_kept, "needs ReportBatchItemFailures")
def worker_that_fails_whole(r):
    del event(r, "WriterGenerateWorker", "Work")["FunctionResponseTypes"]


@seed(checks.queues_have_ends, "has no dead-letter queue")
def queue_without_dead_letters(r):
    r["Lost"] = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 360}}


@seed(checks.queues_have_ends, "nobody takes the dead letters")
def dead_letters_without_consumer(r):
    del properties(r, "SystemDeadLetters")["Events"]["PlannerIdeas"]


@seed(checks.queues_have_ends, "nobody takes its messages")
def queue_without_consumer(r):
    event(r, "PlannerIdeasWorker", "Work")["Queue"] = {"Fn::GetAtt": ["PlannerClusterQueue", "Arn"]}


@seed(checks.queues_have_ends, "must exceed 330 s")
def message_that_shows_before_its_lease_ends(r):
    properties(r, "WriterGenerateQueue")["VisibilityTimeout"] = 300


@seed(checks.queues_have_ends, "BatchSize 1")
def several_messages_at_once(r):
    event(r, "WriterGenerateWorker", "Work")["BatchSize"] = 10


@seed(checks.queues_have_ends, "maxReceiveCount is 5")
def impatient_queue(r):
    properties(r, "WriterGenerateQueue")["RedrivePolicy"]["maxReceiveCount"] = 1


@seed(checks.names_fit, "ends in .fifo go together")
def fifo_without_its_name(r):
    properties(r, "PlannerIdeasQueue").update(FifoQueue=True, QueueName={"Fn::Sub": "${AWS::StackName}-ideas"})


@seed(checks.names_fit, "ends in .fifo go together")
def standard_queue_with_fifo_name(r):
    properties(r, "PlannerIdeasQueue").update(QueueName={"Fn::Sub": "${AWS::StackName}-ideas.fifo"})


@seed(checks.names_fit, "would be shared by all stages")
def name_without_stage(r):
    properties(r, "PlannerIdeasQueue")["QueueName"] = "ideas"


@seed(checks.few_resources, "are too many")
def hundreds_of_resources(r):
    r.update({f"Topic{n}": {"Type": "AWS::SNS::Topic"} for n in range(checks.MAX_RESOURCES)})


@seed(checks.policies_are_narrow, "Resource *")
def everything_allowed(r):
    statements(r, "Billing")[0]["Resource"] = "*"


@seed(checks.policies_are_narrow, "dynamodb:Scan is not for functions")
def scan_allowed(r):
    statements(r, "Billing")[0]["Action"].append("dynamodb:Scan")


@seed(checks.policies_are_narrow, "sqs:* allows more")
def wide_action(r):
    statements(r, "WriterGenerate")[1]["Action"] = "sqs:*"


@seed(checks.policies_are_narrow, "written as statements")
def policy_template_of_sam(r):
    properties(r, "Billing")["Policies"].append({"DynamoDBCrudPolicy": {"TableName": {"Ref": "Table"}}})


@seed(checks.policies_are_narrow, "read by older rules")
def policy_without_version(r):
    del properties(r, "Billing")["Policies"][0]["Version"]


@seed(checks.policies_are_narrow, "may read the secret SigningKey")
def second_reader_of_the_signing_key(r):
    statements(r, "Billing").append(
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": {"Ref": "SigningKey"}}
    )


@seed(checks.objects_by_prefix, "is not in the plan of prefixes")
def write_outside_its_prefix(r):
    statements(r, "WriterContent")[1]["Resource"] = [{"Fn::Sub": "${Bucket.Arn}/sites/*"}]


@seed(checks.objects_by_prefix, "is not in the plan of prefixes")
def whole_bucket(r):
    statements(r, "WriterContent")[1]["Resource"] = [{"Fn::Sub": "${Bucket.Arn}/*"}]


@seed(checks.objects_by_prefix, "needs a condition on s3:prefix")
def list_of_everything(r):
    statements(r, "PublisherDeployWorker")[-1].pop("Condition")


@seed(checks.variables_match_policies, "may do nothing with it")
def address_without_right(r):
    variables = {"PLANNER_IDEAS_QUEUE_URL": {"Ref": "PlannerIdeasQueue"}}
    properties(r, "Billing")["Environment"] = {"Variables": variables}


@seed(checks.variables_match_policies, "is not told its address")
def right_without_address(r):
    del properties(r, "WriterGenerate")["Environment"]["Variables"]["PLANNER_IDEAS_QUEUE_URL"]


@seed(checks.variables_match_policies, "is called PLANNER_IDEAS_QUEUE_URL")
def address_by_another_name(r):
    variables = properties(r, "WriterGenerate")["Environment"]["Variables"]
    variables["IDEAS_URL"] = variables.pop("PLANNER_IDEAS_QUEUE_URL")


@seed(checks.data_is_guarded, "PlannerIdeasQueue: is not encrypted")
def plain_queue(r):
    del properties(r, "PlannerIdeasQueue")["SqsManagedSseEnabled"]


@seed(checks.data_is_guarded, "also takes calls without TLS")
def queue_outside_the_tls_policy(r):
    properties(r, "QueuesTlsOnly")["Queues"].pop()


@seed(checks.data_is_guarded, "no point-in-time recovery")
def table_without_recovery(r):
    del properties(r, "Table")["PointInTimeRecoverySpecification"]


@seed(checks.data_is_guarded, "no deletion protection in prod")
def table_without_protection(r):
    properties(r, "Table")["DeletionProtectionEnabled"] = False


@seed(checks.data_is_guarded, "is lost when the stack goes")
def bucket_that_goes_with_the_stack(r):
    r["Bucket"]["DeletionPolicy"] = "Delete"


@seed(checks.data_is_guarded, "can be opened to the public")
def open_bucket(r):
    properties(r, "Bucket")["PublicAccessBlockConfiguration"]["BlockPublicPolicy"] = False


class Seeded(unittest.TestCase):
    def test_every_seed_is_caught(self):
        for check, breaks, says in SEEDS:
            with self.subTest(breaks.__name__):
                source = copy.deepcopy(SOURCE)
                breaks(source["Resources"])
                found = list(check(checks.Stack(source, stages=("dev",))))
                self.assertTrue(any(says in finding for finding in found), f"{says!r} is not among {found}")

    def test_every_check_has_a_seed(self):
        self.assertEqual({check for check, _, _ in SEEDS}, set(checks.CHECKS))


class Stages(unittest.TestCase):
    def faults(self, breaks) -> str:
        config = tomllib.loads(checks.CONFIG.read_text())
        breaks(config)
        return "\n".join(checks.stages_are_described(SOURCE, config))

    def test_faults_of_samconfig_are_named(self):
        overrides = lambda config: config["prod"]["deploy"]["parameters"]["parameter_overrides"]
        self.assertEqual("", self.faults(lambda config: None))
        self.assertIn("needs the stack", self.faults(lambda config: config.pop("prod")))
        self.assertIn("does not have", self.faults(lambda config: overrides(config).append("Typo=1")))
        self.assertIn("does not allow", self.faults(lambda config: overrides(config).append("AiProvider=magic")))
        self.assertIn("account number", self.faults(lambda config: config.update(note="123456789012")))


class Parity(unittest.TestCase):
    def setUp(self):
        self.named = {f.binary for f in checks.Stack(SOURCE).functions}

    def test_missing_and_extra_binaries_are_named(self):
        found = checks.parity(SOURCE, self.named - {"billing"} | {"billing-typo"})
        self.assertIn("template.yaml has billing, no crate under functions/ builds it", found)
        self.assertIn("functions/ builds billing-typo, template.yaml does not have it", found)

    def test_function_without_event_is_named(self):
        source = copy.deepcopy(SOURCE)
        source["Resources"]["New"] = copy.deepcopy(source["Resources"]["Billing"])
        source["Resources"]["New"]["Metadata"]["BuildProperties"]["Binary"] = "new"
        self.assertIn("template.yaml has new, events/ has no new.json", checks.parity(source, None))

    def test_event_of_a_dropped_function_is_named(self):
        source = copy.deepcopy(SOURCE)
        del source["Resources"]["Billing"]
        self.assertIn("events/billing.json belongs to no function", checks.parity(source, None))

    def test_event_that_does_not_fit_its_function_is_named(self):
        source = copy.deepcopy(SOURCE)
        for name in ("Root", "Below"):
            event(source["Resources"], "Billing", name)["Path"] = "/api/invoices"
        event(source["Resources"], "SystemMail", "MailRequested")["Pattern"]["detail-type"] = ["other"]
        found = "\n".join(checks.parity(source, None))
        self.assertIn("events/billing.json has the routeKey", found)
        self.assertIn("events/system-mail.json does not match the function's rule", found)


if __name__ == "__main__":
    unittest.main()
