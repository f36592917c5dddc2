//! What starts functions besides requests: queues, streams, schedules and the bus.
//!
//! Each event source is a task that sleeps until it is woken; none polls while nothing happens.

mod expression;
mod queue;
mod schedule;
mod stream;

use std::{path::Path, sync::Arc};

use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    emulators::{
        bus::{BusEvent, pattern_matches},
        queues::Queues,
        table::TableEngine,
    },
    invoke::Functions,
    place::{LocalError, Place, Result},
    template::{EventSource, RuleEvent, Template},
};

pub use expression::Expression;
pub(crate) use schedule::event as schedule_event;

/// What the tasks share.
#[derive(Clone)]
pub(crate) struct Ground {
    pub place: Place,
    pub functions: Arc<Functions>,
    pub queues: Arc<Queues>,
    pub table: Arc<TableEngine>,
    pub stop: CancellationToken,
    pub tasks: TaskTracker,
}

/// Starts every event source of a template. `checkpoints` is where streams note how far they are.
pub(crate) fn start(
    ground: &Ground,
    template: &Template,
    checkpoints: &Path,
    events: UnboundedReceiver<BusEvent>,
    schedules: bool,
) -> Result<()> {
    let mut rules = Vec::new();
    for function in template.functions.values() {
        for event in &function.events {
            match &event.source {
                EventSource::Http { .. } => {}
                EventSource::Queue(mapping) => {
                    let name = crate::place::last_part(&mapping.arn);
                    let hidden =
                        template.queues.values().find(|queue| queue.name == name).map(|queue| queue.visibility);
                    // CloudFormation refuses this, and so do we: the message would come back while it is worked on.
                    if hidden.is_none_or(|hidden| hidden < function.timeout) {
                        return Err(LocalError::Template(format!(
                            "{}: the queue {name} must be declared, with a visibility timeout of at least the function's timeout",
                            function.id
                        )));
                    }
                    ground.tasks.spawn(queue::run(ground.clone(), function.id.clone(), mapping.clone()));
                }
                EventSource::Stream(mapping) => {
                    let file = checkpoints.join(format!("{}-{}.json", function.id, event.id));
                    ground.tasks.spawn(stream::run(ground.clone(), function.id.clone(), mapping.clone(), file));
                }
                EventSource::Schedule(schedule) => {
                    let expression: Expression = schedule.expression.parse()?;
                    if schedules && schedule.enabled {
                        let run = schedule::run(ground.clone(), function.id.clone(), schedule.clone(), expression);
                        ground.tasks.spawn(run);
                    }
                }
                EventSource::Rule(rule) => rules.push((function.id.clone(), rule.clone())),
            }
        }
    }
    ground.tasks.spawn(deliver(ground.clone(), rules, events));
    Ok(())
}

/// Takes events off the buses and hands each to the functions whose rules it matches.
async fn deliver(ground: Ground, rules: Vec<(String, RuleEvent)>, mut events: UnboundedReceiver<BusEvent>) {
    loop {
        let (bus, event) = tokio::select! {
            event = events.recv() => match event {
                Some(event) => event,
                None => return,
            },
            () = ground.stop.cancelled() => return,
        };
        for (function, rule) in
            rules.iter().filter(|(_, rule)| rule.bus == bus && pattern_matches(&rule.pattern, &event))
        {
            let payload: Value = rule.input.clone().unwrap_or_else(|| event.clone());
            let (functions, function, dead) =
                (Arc::clone(&ground.functions), function.clone(), rule.dead_letter.clone());
            let stop = ground.stop.clone();
            ground.tasks.spawn(async move {
                tokio::select! {
                    outcome = functions.invoke_async(&function, payload, dead.as_deref()) => drop(outcome),
                    () = stop.cancelled() => {}
                }
            });
        }
    }
}

/// The ids that a function reports as failed (`ReportBatchItemFailures`); `Err` when the answer is nonsense, which Lambda
/// takes as the failure of the whole batch.
fn failures(answer: &Value) -> std::result::Result<Vec<String>, ()> {
    match &answer["batchItemFailures"] {
        Value::Null => Ok(Vec::new()),
        Value::Array(list) => list
            .iter()
            .map(|one| one["itemIdentifier"].as_str().filter(|id| !id.is_empty()).map(str::to_owned).ok_or(()))
            .collect(),
        _ => Err(()),
    }
}
