//! Who calls and what it may do: access keys, policy statements, and the report of refused calls.
//!
//! Keys must exist, but only S3 requests have their signatures verified: what this guards against is a policy that
//! forgets a call, not a caller who lies.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use sha2::{Digest, Sha256};

/// One statement of a policy, its intrinsic functions worked out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statement {
    /// A `Deny`; otherwise an `Allow`.
    pub deny: bool,
    /// `service:Action`, with `*` and `?`.
    pub actions: Vec<String>,
    /// ARNs, with `*` and `?`.
    pub resources: Vec<String>,
    /// Conditions, all of which must hold.
    pub conditions: Vec<Condition>,
}

/// A condition of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// How the call's values are compared: with wildcards (`StringLike`) or exactly (`StringEquals`).
    pub like: bool,
    /// A call that names no value passes (`…IfExists`, `ForAllValues:`).
    pub absent_passes: bool,
    /// What the call must name, in lower case: `s3:prefix` is the only key that calls are asked for here.
    pub key: String,
    /// Patterns of which each value of the call must match one.
    pub values: Vec<String>,
}

/// One thing a request asks leave for: an action on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// `service:Action`.
    pub action: String,
    /// The ARN it touches.
    pub resource: String,
    /// What conditions may look at: key in lower case, and values.
    pub context: BTreeMap<String, BTreeSet<String>>,
}

impl Need {
    /// A need without context for conditions.
    pub fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), context: BTreeMap::new() }
    }
}

impl Statement {
    fn covers(&self, need: &Need) -> bool {
        self.actions.iter().any(|action| matches(&action.to_ascii_lowercase(), &need.action.to_ascii_lowercase()))
            && self.resources.iter().any(|resource| matches(resource, &need.resource))
            && self.conditions.iter().all(|condition| {
                need.context.get(&condition.key).map_or(condition.absent_passes, |values| {
                    values.iter().all(|value| {
                        condition
                            .values
                            .iter()
                            .any(|pattern| if condition.like { matches(pattern, value) } else { pattern == value })
                    })
                })
            })
    }
}

/// IAM's wildcards: `*` for any run of characters, `?` for one.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == b'?' || pattern[p] == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            t = from + 1;
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// Whether statements allow a need: some `Allow` covers it and no `Deny` does.
pub fn allowed(statements: &[Statement], need: &Need) -> bool {
    let mut granted = false;
    for statement in statements.iter().filter(|statement| statement.covers(need)) {
        if statement.deny {
            return false;
        }
        granted = true;
    }
    granted
}

/// A pair of keys as the AWS SDKs want it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// `AWS_ACCESS_KEY_ID`.
    pub id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret: String,
}

/// A call that a policy did not allow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Denied {
    /// The function that called, by logical id.
    pub function: String,
    /// `service:Action`.
    pub action: String,
    /// The ARN it wanted.
    pub resource: String,
}

/// Read and write units of the table, summed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Capacity {
    /// Requests that reached the table.
    pub requests: u64,
    /// Read request units.
    pub read: f64,
    /// Write request units.
    pub write: f64,
}

/// The callers: who has which key, what they may do, what they were refused and what they consumed.
#[derive(Debug)]
pub struct Callers {
    seed: String,
    statements: BTreeMap<String, Vec<Statement>>,
    denied: Mutex<BTreeMap<Denied, u64>>,
    consumed: Mutex<BTreeMap<String, Capacity>>,
}

/// The name of the caller that may do everything.
pub const ADMIN: &str = "Admin";

const PREFIX: &str = "AKIA";

impl Callers {
    /// Callers with the statements of their policies, by logical id; `seed` makes their secrets.
    pub fn new(seed: String, statements: BTreeMap<String, Vec<Statement>>) -> Self {
        Self { seed, statements, denied: Mutex::default(), consumed: Mutex::default() }
    }

    /// The keys of a function (by logical id) or of [`ADMIN`]; none for others.
    pub fn key(&self, caller: &str) -> Option<AccessKey> {
        (caller == ADMIN || self.statements.contains_key(caller)).then(|| {
            let digest = Sha256::digest(format!("{}/{caller}", self.seed));
            let secret = digest.iter().take(20).fold(String::new(), |mut text, byte| {
                use std::fmt::Write as _;
                let _ = write!(text, "{byte:02x}");
                text
            });
            AccessKey { id: format!("{PREFIX}{caller}"), secret }
        })
    }

    /// Whose access key id that is.
    pub fn caller<'a>(&self, key_id: &'a str) -> Option<&'a str> {
        let caller = key_id.strip_prefix(PREFIX)?;
        (caller == ADMIN || self.statements.contains_key(caller)).then_some(caller)
    }

    /// Checks every need; the first that no policy grants is recorded and given back.
    pub fn check(&self, caller: &str, needs: &[Need]) -> Result<(), Denied> {
        if caller == ADMIN {
            return Ok(());
        }
        let statements = self.statements.get(caller).map_or(&[][..], Vec::as_slice);
        let Some(need) = needs.iter().find(|need| !allowed(statements, need)) else { return Ok(()) };
        let denied = Denied { function: caller.into(), action: need.action.clone(), resource: need.resource.clone() };
        tracing::warn!(function = %denied.function, action = %denied.action, resource = %denied.resource, "access denied");
        *self.denied.lock().unwrap_or_else(PoisonError::into_inner).entry(denied.clone()).or_default() += 1;
        Err(denied)
    }

    /// Every refused call, each once.
    pub fn denied(&self) -> Vec<Denied> {
        self.denied.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Adds what a request consumed.
    pub fn consume(&self, caller: &str, read: f64, write: f64) {
        let mut consumed = self.consumed.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = consumed.entry(caller.to_owned()).or_default();
        entry.requests += 1;
        entry.read += read;
        entry.write += write;
    }

    /// What each caller consumed since the start or the last [`Callers::reset_consumed`].
    pub fn consumed(&self) -> BTreeMap<String, Capacity> {
        self.consumed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets all counters to zero.
    pub fn reset_consumed(&self) {
        self.consumed.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allow(actions: &[&str], resources: &[&str]) -> Statement {
        Statement {
            actions: actions.iter().map(ToString::to_string).collect(),
            resources: resources.iter().map(ToString::to_string).collect(),
            ..Statement::default()
        }
    }

    #[test]
    fn wildcards_match_as_in_iam() {
        assert!(matches("dynamodb:*Item", "dynamodb:PutItem"));
        assert!(matches("arn:aws:s3:::b/sites/*/x?", "arn:aws:s3:::b/sites/a/b/x1"));
        assert!(!matches("arn:aws:s3:::b/sites/*", "arn:aws:s3:::b/other"));
        assert!(!matches("a?", "a"));
        assert!(matches("*", ""));
    }

    #[test]
    fn a_deny_wins_and_nothing_is_allowed_by_itself() {
        let need = Need::new("dynamodb:PutItem", "arn:t");
        assert!(!allowed(&[], &need));
        assert!(allowed(&[allow(&["dynamodb:putitem"], &["arn:t"])], &need));
        let deny = Statement { deny: true, ..allow(&["*"], &["*"]) };
        assert!(!allowed(&[allow(&["*"], &["*"]), deny], &need));
    }

    #[test]
    fn conditions_look_at_every_value() {
        let statement = Statement {
            conditions: vec![Condition {
                like: true,
                absent_passes: true,
                key: "s3:prefix".into(),
                values: vec!["T#*".into(), "SYSTEM".into()],
            }],
            ..allow(&["*"], &["*"])
        };
        let mut need = Need::new("s3:ListBucket", "t");
        need.context.insert("s3:prefix".into(), BTreeSet::from(["T#1".into(), "SYSTEM".into()]));
        assert!(allowed(std::slice::from_ref(&statement), &need));
        need.context.insert("s3:prefix".into(), BTreeSet::from(["T#1".into(), "SECRET".into()]));
        assert!(!allowed(&[statement], &need));
    }

    #[test]
    fn refused_calls_are_reported_once_each() {
        let callers =
            Callers::new("s".into(), BTreeMap::from([("A".into(), vec![allow(&["sqs:SendMessage"], &["q"])])]));
        assert!(callers.check("A", &[Need::new("sqs:SendMessage", "q")]).is_ok());
        for _ in 0..2 {
            assert!(callers.check("A", &[Need::new("sqs:SendMessage", "other")]).is_err());
        }
        assert!(callers.check(ADMIN, &[Need::new("anything:AtAll", "other")]).is_ok());
        assert_eq!(
            callers.denied(),
            [Denied { function: "A".into(), action: "sqs:SendMessage".into(), resource: "other".into() }]
        );
        assert_eq!(callers.caller(&callers.key("A").unwrap().id), Some("A"));
        assert!(callers.key("B").is_none() && callers.caller("AKIAB").is_none());
    }

    proptest! {
        #[test]
        fn a_pattern_with_stars_matches_what_it_was_cut_from(text in "[a-z:/]{0,20}", from in 0_usize..20, to in 0_usize..20) {
            let (from, to) = (from.min(text.len()), to.min(text.len()));
            let (from, to) = (from.min(to), from.max(to));
            let pattern = format!("{}*{}", &text[..from], &text[to..]);
            prop_assert!(matches(&pattern, &text));
            prop_assert!(matches(&text, &text));
        }
    }
}
