//! Metrics as log lines: CloudWatch reads them from standard output, so that no call is made for them.
//!
//! The format is the Embedded Metric Format:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use igny8_core::{Env, Timestamp};
use serde_json::{Map, Value, json};

use crate::Invoke;

/// Where our metrics stand in CloudWatch.
pub const NAMESPACE: &str = "IGNY8";
/// A directive holds at most 100 metrics; these three are ours.
const MOST_COUNTS: usize = 97;

/// Takes a finished line.
pub type Emit = fn(&str);

/// Writes a line to standard output, where CloudWatch looks for it.
pub fn to_stdout(line: &str) {
    // One write, so that lines of log and metrics do not mix. If standard output is gone, nobody is left to tell.
    let _ = std::io::stdout().lock().write_all(format!("{line}\n").as_bytes());
}

/// Drops a line.
pub const fn nowhere(_: &str) {}

tokio::task_local! {
    static COUNTS: RefCell<BTreeMap<&'static str, u64>>;
}

/// Counts something in the present call, as `items` or `credits`; it is told when the call ends.
///
/// Outside of a call, and in tasks that the call has spawned, nothing is counted.
pub fn count(name: &'static str, more: u64) {
    let _ = COUNTS.try_with(|counts| {
        let mut counts = counts.borrow_mut();
        if counts.len() < MOST_COUNTS || counts.contains_key(name) {
            *counts.entry(name).or_default() += more;
        }
    });
}

/// The name under which failures of a call are counted, also such that Lambda does not see (an answer of 5xx, a failed
/// message).
pub const ERRORS: &str = "Errors";

/// Wraps a function so that every call tells its duration, its errors and what it has counted.
pub(crate) fn measured(function: &'static str, env: Env, emit: Emit, inner: Invoke) -> Invoke {
    Arc::new(move |event, invocation| {
        let (env, inner) = (env.clone(), inner.clone());
        Box::pin(COUNTS.scope(RefCell::default(), async move {
            let started = Instant::now();
            let answer = inner(event, invocation).await;
            if answer.is_err() {
                count(ERRORS, 1);
            }
            let counts = COUNTS.with(RefCell::take);
            emit(&line(function, env.now(), started.elapsed(), &counts));
            answer
        }))
    })
}

fn line(function: &str, now: Timestamp, took: Duration, counts: &BTreeMap<&'static str, u64>) -> String {
    let mut metrics = vec![
        json!({"Name": "Duration", "Unit": "Milliseconds"}),
        json!({"Name": "Invocations", "Unit": "Count"}),
        json!({"Name": ERRORS, "Unit": "Count"}),
    ];
    let mut root = Map::new();
    root.insert("function".to_owned(), json!(function));
    root.insert("Duration".to_owned(), json!((took.as_secs_f64() * 1_000_000.0).round() / 1000.0));
    root.insert("Invocations".to_owned(), json!(1));
    root.insert(ERRORS.to_owned(), json!(0));
    for (name, number) in counts {
        if *name != ERRORS {
            metrics.push(json!({"Name": name, "Unit": "Count"}));
        }
        root.insert((*name).to_owned(), json!(number));
    }
    let directive = json!({"Namespace": NAMESPACE, "Dimensions": [["function"]], "Metrics": metrics});
    root.insert("_aws".to_owned(), json!({"Timestamp": now.millis(), "CloudWatchMetrics": [directive]}));
    Value::Object(root).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The units of the specification.
    const UNITS: [&str; 4] = ["Milliseconds", "Count", "Bytes", "None"];

    /// Checks a line against the rules of the specification ("Embedded metric format JSON schema" and the limits).
    fn check(line: &str) -> Value {
        assert!(!line.contains('\n') && line.len() < 1024 * 1024);
        let root: Value = serde_json::from_str(line).unwrap();
        let aws = root["_aws"].as_object().unwrap();
        assert!(aws["Timestamp"].is_u64());
        for directive in aws["CloudWatchMetrics"].as_array().unwrap() {
            let namespace = directive["Namespace"].as_str().unwrap();
            assert!((1..=256).contains(&namespace.len()) && !namespace.starts_with("AWS/"));
            for set in directive["Dimensions"].as_array().unwrap() {
                let set = set.as_array().unwrap();
                assert!(set.len() <= 30);
                for dimension in set {
                    let value = root[dimension.as_str().unwrap()].as_str().unwrap();
                    assert!((1..=1024).contains(&value.len()));
                }
            }
            let metrics = directive["Metrics"].as_array().unwrap();
            assert!(metrics.len() <= 100);
            let mut names = std::collections::BTreeSet::new();
            for metric in metrics {
                let name = metric["Name"].as_str().unwrap();
                assert!((1..=1024).contains(&name.len()) && names.insert(name), "{name}");
                assert!(UNITS.contains(&metric["Unit"].as_str().unwrap()));
                assert!(root[name].is_number());
            }
        }
        root
    }

    #[test]
    fn a_line_follows_the_specification() {
        let counts = BTreeMap::from([("items", 3), ("credits", 9), (ERRORS, 1)]);
        let line = line("writer-generate-worker", Timestamp::from_millis(7), Duration::from_micros(1_234_567), &counts);
        let root = check(&line);
        assert_eq!(root["items"], 3);
        assert_eq!(root["Errors"], 1);
        assert_eq!(root["Duration"], 1234.567);
        assert_eq!(root["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap().len(), 5);
    }

    #[test]
    fn even_too_many_names_follow_the_specification() {
        let names: Vec<&'static str> = (0..150).map(|n| &*format!("count_{n}").leak()).collect();
        let counts = COUNTS.sync_scope(RefCell::default(), || {
            for name in names {
                count(name, 1);
            }
            COUNTS.with(RefCell::take)
        });
        check(&line("f", Timestamp::from_millis(7), Duration::ZERO, &counts));
    }

    #[tokio::test]
    async fn what_a_call_counts_is_its_own() {
        static LINES: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());
        let inner: Invoke = Arc::new(|event, _| {
            Box::pin(async move {
                count("items", event.as_u64().unwrap());
                tokio::task::yield_now().await;
                count("items", 1);
                if event == json!(5) { Err("no".to_owned()) } else { Ok(Value::Null) }
            })
        });
        let env = Env::fixed(Arc::new(igny8_core::FixedClock::at(Timestamp::from_millis(7))), 1);
        let invoke = measured("f", env, |line| LINES.lock().unwrap().push(line.to_owned()), inner);
        let call = crate::Invocation {
            request_id: "r".into(),
            function_name: "f".into(),
            deadline: Timestamp::from_millis(9),
        };
        let (good, bad) = tokio::join!(invoke(json!(2), call.clone()), invoke(json!(5), call));
        assert!(good.is_ok() && bad.is_err());
        let lines = LINES.lock().unwrap();
        let told: Vec<_> =
            lines.iter().map(|line| check(line)).map(|root| (root["items"].clone(), root["Errors"].clone())).collect();
        // Which of the two ends first is left to chance.
        assert!(
            told.contains(&(json!(3), json!(0))) && told.contains(&(json!(6), json!(1))) && told.len() == 2,
            "{told:?}"
        );
        count("items", 1);
    }
}
