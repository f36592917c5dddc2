//! EventBridge: takes events, and says which patterns they match. Who delivers them to functions is `mappings`.
//!
//! An accepted event lives in memory until it is delivered; like the queues, the bus forgets when the process ends.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use igny8_core::Env;
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::{ApiError, JsonResult};
use crate::{
    iam::{Need, matches},
    place::{Place, last_part},
};

/// An accepted event: the bus it is on, and itself in the form that functions get.
pub type BusEvent = (String, Value);

/// All buses.
#[derive(Debug)]
pub struct Buses {
    place: Place,
    env: Env,
    names: Mutex<BTreeSet<String>>,
    out: UnboundedSender<BusEvent>,
}

impl Buses {
    /// The default bus, and where all accepted events come out.
    pub fn new(place: Place, env: Env) -> (Self, UnboundedReceiver<BusEvent>) {
        let (out, events) = mpsc::unbounded_channel();
        (Self { place, env, names: Mutex::new(["default".to_owned()].into()), out }, events)
    }

    /// Makes a bus.
    pub fn create(&self, name: &str) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
    }

    /// What an operation asks leave for.
    pub fn needs(&self, operation: &str, body: &Value) -> Vec<Need> {
        let entries = body["Entries"].as_array().into_iter().flatten();
        let buses: BTreeSet<_> =
            entries.map(|entry| entry["EventBusName"].as_str().map_or("default", last_part)).collect();
        buses.into_iter().map(|bus| Need::new(format!("events:{operation}"), self.place.bus_arn(bus))).collect()
    }

    /// Carries out an operation.
    pub fn operation(&self, operation: &str, body: &Value) -> JsonResult {
        if operation != "PutEvents" {
            return Err(ApiError::bad("ValidationException", format!("{operation} is not played here")));
        }
        let entries = body["Entries"].as_array().filter(|entries| (1..=10).contains(&entries.len()));
        let entries = entries
            .ok_or_else(|| ApiError::bad("ValidationException", "Entries must have between 1 and 10 members."))?;
        let (mut answers, mut failed) = (Vec::new(), 0);
        for entry in entries {
            match self.put(entry) {
                Ok(id) => answers.push(json!({"EventId": id})),
                Err((code, message)) => {
                    failed += 1;
                    answers.push(json!({"ErrorCode": code, "ErrorMessage": message}));
                }
            }
        }
        Ok(json!({"FailedEntryCount": failed, "Entries": answers}))
    }

    fn put(&self, entry: &Value) -> Result<String, (&'static str, String)> {
        let text = |key: &str| {
            let text = entry[key].as_str().filter(|text| !text.is_empty());
            text.ok_or((
                "InvalidArgument",
                format!("Parameter {key} is not valid. Reason: {key} is a required argument."),
            ))
        };
        let detail: Value = serde_json::from_str(text("Detail")?)
            .ok()
            .filter(Value::is_object)
            .ok_or(("MalformedDetail", "Detail is malformed.".to_owned()))?;
        if entry["Detail"].as_str().map_or(0, str::len) > 1024 * 1024 {
            return Err(("InvalidArgument", "Total size of the entries in the request is over the limit.".into()));
        }
        let bus = entry["EventBusName"].as_str().map_or("default", last_part);
        let id = crate::uuid(&self.env);
        // AWS accepts events for a bus that does not exist, and drops them.
        if !self.names.lock().unwrap_or_else(PoisonError::into_inner).contains(bus) {
            tracing::warn!(bus, "an event for a bus that does not exist is dropped");
            return Ok(id);
        }
        let time = self.env.now();
        let event = json!({
            "version": "0", "id": id, "detail-type": text("DetailType")?, "source": text("Source")?,
            "account": self.place.account, "time": format!("{}Z", &time.to_string()[..19]),
            "region": self.place.region, "resources": entry["Resources"].as_array().cloned().unwrap_or_default(),
            "detail": detail,
        });
        let _ = self.out.send((bus.to_owned(), event));
        Ok(id)
    }
}

/// Whether an event matches an EventBridge pattern (also the language of Lambda's event filters).
///
/// Leaves are lists of values or of `prefix`, `suffix`, `equals-ignore-case`, `wildcard`, `anything-but`, `numeric` and
/// `exists`; `$or` takes alternatives.
pub fn pattern_matches(pattern: &Value, event: &Value) -> bool {
    let Some(map) = pattern.as_object() else { return false };
    map.iter().all(|(key, wanted)| match wanted {
        Value::Array(alternatives) if key == "$or" => {
            alternatives.iter().any(|alternative| pattern_matches(alternative, event))
        }
        Value::Array(allowed) => {
            let value = event.get(key);
            allowed.iter().any(|rule| match value {
                // A list in the event matches if one of its members does.
                Some(Value::Array(members)) => members.iter().any(|member| rule_matches(rule, Some(member))),
                other => rule_matches(rule, other),
            })
        }
        Value::Object(_) => event.get(key).is_some_and(|inner| pattern_matches(wanted, inner)),
        _ => false,
    })
}

fn rule_matches(rule: &Value, value: Option<&Value>) -> bool {
    let Some((kind, wanted)) = rule.as_object().and_then(|map| map.iter().next()) else {
        return value.is_some_and(|value| same(rule, value));
    };
    let text = value.and_then(Value::as_str);
    let wanted_text = wanted.as_str().unwrap_or_default();
    match kind.as_str() {
        "exists" => wanted.as_bool() == Some(value.is_some_and(|value| !value.is_object())),
        "prefix" => text.is_some_and(|text| text.starts_with(wanted_text)),
        "suffix" => text.is_some_and(|text| text.ends_with(wanted_text)),
        "equals-ignore-case" => text.is_some_and(|text| text.eq_ignore_ascii_case(wanted_text)),
        "wildcard" => text.is_some_and(|text| !wanted_text.contains('?') && matches(wanted_text, text)),
        "anything-but" => {
            let Some(value) = value else { return false };
            let refused = match wanted {
                Value::Array(list) => list.iter().any(|one| same(one, value)),
                Value::Object(_) => rule_matches(wanted, Some(value)),
                one => same(one, value),
            };
            !refused
        }
        "numeric" => {
            let Some(number) = value.and_then(Value::as_f64) else { return false };
            let parts = wanted.as_array().map_or(&[][..], Vec::as_slice);
            !parts.is_empty()
                && parts.chunks(2).all(|pair| {
                    let Some(bound) = pair.get(1).and_then(Value::as_f64) else { return false };
                    match pair[0].as_str().unwrap_or_default() {
                        "<" => number < bound,
                        "<=" => number <= bound,
                        ">" => number > bound,
                        ">=" => number >= bound,
                        "=" => (number - bound).abs() < f64::EPSILON,
                        _ => false,
                    }
                })
        }
        _ => false,
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() < f64::EPSILON,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_eventbridge_documents_them() {
        let event = json!({
            "source": "igny8.content", "detail-type": "content.published", "resources": ["a", "b"],
            "detail": {"words": 1200, "title": "Hello World", "site": {"id": "s1"}, "flag": null},
        });
        for (pattern, expected) in [
            (json!({"source": ["igny8.content"]}), true),
            (json!({"source": ["igny8.planner", {"prefix": "igny8.c"}]}), true),
            (json!({"source": ["igny8.planner"]}), false),
            (json!({"resources": ["b"]}), true),
            (json!({"detail": {"words": [{"numeric": [">", 100, "<=", 1200]}]}}), true),
            (json!({"detail": {"words": [{"numeric": [">", 1200]}]}}), false),
            (json!({"detail": {"title": [{"suffix": "World"}]}}), true),
            (json!({"detail": {"title": [{"wildcard": "H*W*d"}]}}), true),
            (json!({"detail": {"title": [{"equals-ignore-case": "hello world"}]}}), true),
            (json!({"detail": {"title": [{"anything-but": ["x", "y"]}]}}), true),
            (json!({"detail": {"title": [{"anything-but": {"prefix": "He"}}]}}), false),
            (json!({"detail": {"nothing": [{"exists": false}]}}), true),
            (json!({"detail": {"words": [{"exists": true}]}}), true),
            (json!({"detail": {"flag": [null]}}), true),
            (json!({"detail": {"site": {"id": ["s1"]}}}), true),
            (json!({"detail": {"site": {"id": ["s2"]}}}), false),
            (json!({"$or": [{"source": ["x"]}, {"detail-type": ["content.published"]}]}), true),
            (json!({"detail": {"words": ["1200"]}}), false),
        ] {
            assert_eq!(pattern_matches(&pattern, &event), expected, "{pattern}");
        }
    }

    #[test]
    fn bad_entries_are_answered_one_by_one() {
        let (buses, mut events) = Buses::new(Place::default(), Env::system());
        let answer = buses
            .operation(
                "PutEvents",
                &json!({"Entries": [
                    {"Source": "s", "DetailType": "t", "Detail": "{\"a\":1}"},
                    {"Source": "s", "DetailType": "t", "Detail": "no json"},
                    {"DetailType": "t", "Detail": "{}"},
                ]}),
            )
            .unwrap();
        assert_eq!(answer["FailedEntryCount"], 2);
        assert_eq!(answer["Entries"][1]["ErrorCode"], "MalformedDetail");
        let (bus, event) = events.try_recv().unwrap();
        assert_eq!((bus.as_str(), &event["detail"]["a"]), ("default", &json!(1)));
        assert!(events.try_recv().is_err());
    }
}
