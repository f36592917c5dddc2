//! Where the local cloud pretends to be: region, account, stack, and the names that follow from them.

use std::fmt;

/// What goes wrong while the local cloud is read, started or asked.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// The template cannot be read or declares what cannot be played here.
    #[error("template.yaml: {0}")]
    Template(String),
    /// A file or a port could not be had.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// The operating system's word.
        source: std::io::Error,
    },
    /// The gateway cannot listen where it should.
    #[error(
        "IGNY8_ADDR: cannot listen at {address} ({source}); set an address of this machine and a port that is free, as \
         IGNY8_ADDR=127.0.0.1:{}", if address.port() == 8020 { 8030 } else { 8020 }
    )]
    Address {
        /// Where it should.
        address: std::net::SocketAddr,
        /// The operating system's word.
        source: std::io::Error,
    },
    /// Another process has the data directory.
    #[error(
        "another IGNY8 is running on the data directory {0}: end it, or give this one a folder and a port of its own, \
         as IGNY8_DATA_DIR=.igny8-2 IGNY8_ADDR=127.0.0.1:8020"
    )]
    Taken(String),
    /// The table's engine refused.
    #[error("table: {0}")]
    Table(String),
    /// A request to one of the emulators was refused.
    #[error("{0}")]
    Refused(String),
}

impl LocalError {
    /// An [`LocalError::Io`] that says what was being done.
    pub fn io(what: impl fmt::Display) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.to_string();
        move |source| Self::Io { what, source }
    }
}

/// The answer of everything here.
pub type Result<T, E = LocalError> = std::result::Result<T, E>;

/// Region, account, stack and addresses that `Ref`, `GetAtt` and `Sub` resolve to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `AWS::Region`.
    pub region: String,
    /// `AWS::AccountId`, twelve digits.
    pub account: String,
    /// `AWS::StackName`.
    pub stack: String,
    /// The front door's address, without a slash at the end: queue URLs begin with it.
    pub endpoint: String,
    /// The gateway's address, without a slash at the end: API and Function URLs begin with it.
    pub gateway: String,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            region: "eu-central-1".into(),
            account: "000000000000".into(),
            stack: "igny8-local".into(),
            endpoint: "http://127.0.0.1:8011".into(),
            gateway: "http://127.0.0.1:8010".into(),
        }
    }
}

impl Place {
    /// `arn:aws:{service}:{region}:{account}:{resource}`.
    pub fn arn(&self, service: &str, resource: impl fmt::Display) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account)
    }

    /// The URL by which SQS calls name a queue.
    pub fn queue_url(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.endpoint, self.account)
    }

    /// The ARN of a queue.
    pub fn queue_arn(&self, name: &str) -> String {
        self.arn("sqs", name)
    }

    /// The ARN of a table.
    pub fn table_arn(&self, name: &str) -> String {
        self.arn("dynamodb", format_args!("table/{name}"))
    }

    /// The ARN of a table's stream, which here has one fixed label.
    pub fn stream_arn(&self, table: &str) -> String {
        self.arn("dynamodb", format_args!("table/{table}/stream/local"))
    }

    /// The ARN of a function.
    pub fn function_arn(&self, name: &str) -> String {
        self.arn("lambda", format_args!("function:{name}"))
    }

    /// The ARN of an event bus.
    pub fn bus_arn(&self, name: &str) -> String {
        self.arn("events", format_args!("event-bus/{name}"))
    }

    /// The ARN of a secret. AWS appends six random letters; here they are fixed, so that policies ending in `-*` or `-??????` match.
    pub fn secret_arn(&self, name: &str) -> String {
        self.arn("secretsmanager", format_args!("secret:{name}-local0"))
    }
}

/// The last part of an ARN or path: a queue's, table's or function's name.
pub fn last_part(arn: &str) -> &str {
    arn.rsplit([':', '/']).next().unwrap_or(arn)
}
