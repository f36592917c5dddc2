//! EventBridge Scheduler: runs functions at their times.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Expression, Ground};
use crate::{place::Place, template::ScheduleEvent};

/// The longest sleep at once, so that a suspended laptop notices that time went on.
const NAP: Duration = Duration::from_mins(1);

pub(super) async fn run(ground: Ground, function: String, schedule: ScheduleEvent, expression: Expression) {
    let env = ground.functions.env().clone();
    let mut last = env.now();
    while let Some(next) = expression.after(last) {
        loop {
            let left = next.since(env.now());
            if left.is_zero() {
                break;
            }
            tokio::select! {
                () = tokio::time::sleep(left.min(NAP)) => {}
                () = ground.stop.cancelled() => return,
            }
        }
        // Runs that were slept through are not made up for.
        last = env.now();
        let payload = schedule.input.clone().unwrap_or_else(|| event(&ground.place, &schedule.name, &ground));
        tokio::select! {
            outcome = ground.functions.invoke_async(&function, payload, schedule.dead_letter.as_deref()) => drop(outcome),
            () = ground.stop.cancelled() => return,
        }
    }
}

/// What a function is given when the schedule has no input of its own. Scheduler's `detail` is a text, not an object.
pub(crate) fn event(place: &Place, name: &str, ground: &Ground) -> Value {
    let env = ground.functions.env();
    json!({
        "version": "0", "id": crate::uuid(env), "detail-type": "Scheduled Event", "source": "aws.scheduler",
        "account": place.account, "time": format!("{}Z", &env.now().to_string()[..19]), "region": place.region,
        "resources": [place.arn("scheduler", format_args!("schedule/default/{name}"))], "detail": "{}",
    })
}
