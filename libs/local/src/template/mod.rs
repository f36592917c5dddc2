//! template.yaml, read: what functions, queues, tables, buckets, buses and secrets the stack has.
//!
//! Only this module and those under it know CloudFormation; the rest of the crate sees these structs.

mod policies;
mod read;
mod sockets;
mod source;

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use crate::{
    iam::Statement,
    place::{LocalError, Place, Result},
};

pub use source::TemplateSource;

/// Everything the local cloud plays, by logical id, its intrinsic functions worked out.
#[derive(Debug, Clone, Default)]
pub struct Template {
    /// Lambda functions.
    pub functions: BTreeMap<String, Function>,
    /// SQS queues.
    pub queues: BTreeMap<String, Queue>,
    /// DynamoDB tables.
    pub tables: BTreeMap<String, Table>,
    /// S3 buckets.
    pub buckets: BTreeMap<String, Bucket>,
    /// EventBridge buses; the default bus is always there and not listed.
    pub buses: BTreeMap<String, String>,
    /// The WebSocket APIs.
    pub sockets: BTreeMap<String, SocketApi>,
    /// Secrets Manager secrets.
    pub secrets: BTreeMap<String, Secret>,
    /// The `Outputs`, as far as they can be worked out here.
    pub outputs: BTreeMap<String, String>,
}

impl Template {
    /// Works out a template for a place, with values for its parameters instead of their defaults.
    pub fn resolve(source: &TemplateSource, place: &Place, parameters: &BTreeMap<String, String>) -> Result<Self> {
        read::template(source, place, parameters)
    }

    /// The function of that logical id, physical name or binary.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name).or_else(|| self.functions.values().find(|f| f.binary == name || f.name == name))
    }
}

/// A Lambda function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its logical id.
    pub id: String,
    /// Its physical name.
    pub name: String,
    /// The cargo binary (`Metadata.BuildProperties.Binary`), or the name in kebab case when none is given.
    pub binary: String,
    /// How long one invocation may take.
    pub timeout: Duration,
    /// `MemorySize` in MB.
    pub memory_mb: u32,
    /// `ReservedConcurrentExecutions`.
    pub concurrency: Option<u32>,
    /// Its environment variables, those of `Globals` included.
    pub environment: BTreeMap<String, String>,
    /// What starts it.
    pub events: Vec<Event>,
    /// Whether it has a Function URL.
    pub url: Option<FunctionUrl>,
    /// What its policies say.
    pub statements: Vec<Statement>,
    /// ARN of the queue for asynchronous invocations that failed for good.
    pub on_failure: Option<String>,
}

/// A Function URL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FunctionUrl {
    /// `AuthType: AWS_IAM`: behind CloudFront, which signs. Nobody checks that here.
    pub iam: bool,
    /// The public paths that lead to it (`Metadata.FunctionUrlPaths`), as routes: `/webhooks/stripe`, `/bridge/{proxy+}`.
    /// In production CloudFront's behaviours do this.
    pub paths: Vec<String>,
}

/// One event of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its logical id within the function.
    pub id: String,
    /// What it is.
    pub source: EventSource,
}

/// What starts a function.
#[derive(Debug, Clone, PartialEq)]
pub enum EventSource {
    /// A route of the HTTP API; the method in upper case, `ANY` for all; the path `$default` for the catch-all.
    Http {
        /// Method or `ANY`.
        method: String,
        /// Path with `{name}` and `{name+}`.
        path: String,
        /// How long the gateway waits; at most 30 s.
        timeout: Duration,
    },
    /// Messages of a queue.
    Queue(QueueEvent),
    /// Records of a table's stream.
    Stream(StreamEvent),
    /// A schedule.
    Schedule(ScheduleEvent),
    /// Events on a bus.
    Rule(RuleEvent),
}

/// An event source mapping from a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueEvent {
    /// The queue's ARN.
    pub arn: String,
    /// Messages in one invocation, at most.
    pub batch_size: usize,
    /// How long to gather a batch.
    pub window: Duration,
    /// `ReportBatchItemFailures`.
    pub partial_failures: bool,
    /// `ScalingConfig.MaximumConcurrency`.
    pub max_concurrency: Option<u32>,
}

/// An event source mapping from a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamEvent {
    /// The stream's ARN.
    pub arn: String,
    /// Records in one invocation, at most.
    pub batch_size: usize,
    /// `ReportBatchItemFailures`.
    pub partial_failures: bool,
    /// Halve a batch that fails.
    pub bisect: bool,
    /// How often a batch is repeated; for ever when not given.
    pub max_retries: Option<u32>,
    /// From the oldest record on (`TRIM_HORIZON`), else from now.
    pub from_start: bool,
    /// Patterns of which a record must match one; none lets every record pass.
    pub filters: Vec<Value>,
    /// ARN of the queue that learns of batches given up.
    pub on_failure: Option<String>,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleEvent {
    /// Its name.
    pub name: String,
    /// `rate(…)`, `cron(…)` or `at(…)`.
    pub expression: String,
    /// What the function is given instead of the usual event.
    pub input: Option<Value>,
    /// `State: ENABLED`, or none.
    pub enabled: bool,
    /// ARN of the queue for runs that failed for good.
    pub dead_letter: Option<String>,
}

/// A rule of a bus.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleEvent {
    /// The bus's name.
    pub bus: String,
    /// What an event must look like.
    pub pattern: Value,
    /// What the function is given instead of the event.
    pub input: Option<Value>,
    /// ARN of the queue for deliveries that failed for good.
    pub dead_letter: Option<String>,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its physical name.
    pub name: String,
    /// How long a received message is hidden.
    pub visibility: Duration,
    /// How long a message is kept.
    pub retention: Duration,
    /// How long a new message is held back.
    pub delay: Duration,
    /// Where messages go that were received too often: ARN of the queue, and how often.
    pub redrive: Option<(String, u32)>,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its physical name.
    pub name: String,
    /// The resource's properties, which are what `CreateTable` takes.
    pub properties: Value,
    /// The attribute that holds the expiry time.
    pub ttl_attribute: Option<String>,
    /// `StreamViewType`, if it has a stream.
    pub stream: Option<String>,
}

/// A WebSocket API with its one stage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SocketApi {
    /// Its id, as it stands in ARNs.
    pub id: String,
    /// The stage: the first part of the path.
    pub stage: String,
    /// The functions (logical ids) by route key: `$connect`, `$disconnect`, `$default`.
    pub routes: BTreeMap<String, String>,
}

/// A bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// Its physical name.
    pub name: String,
    /// `CorsConfiguration.CorsRules`.
    pub cors: Vec<CorsRule>,
}

/// A CORS rule of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsRule {
    /// Origins, with `*`.
    pub origins: Vec<String>,
    /// Methods.
    pub methods: Vec<String>,
    /// Request headers, with `*`.
    pub headers: Vec<String>,
    /// Headers the page may read.
    pub exposed: Vec<String>,
}

/// A secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its physical name.
    pub name: String,
    /// What it holds when it is created.
    pub initial: SecretValue,
}

/// What a new secret holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretValue {
    /// Nothing: the operator puts it.
    Empty,
    /// This text.
    Text(String),
    /// A random text, on its own or under a key of a JSON template.
    Generated {
        /// Its length.
        length: usize,
        /// `SecretStringTemplate` and `GenerateStringKey`.
        template: Option<(String, String)>,
    },
}

/// A text or a list of texts, as a list.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn missing(id: &str, what: &str) -> LocalError {
    LocalError::Template(format!("{id} needs {what}"))
}
