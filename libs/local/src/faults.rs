//! What can be made to go wrong, with a seed: conflicts, throttles, failures and lost answers of the table, indexes that
//! lag, and messages that are lost, doubled or late. The front door and the queues ask here before they act.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use igny8_core::{Env, SystemClock};
use serde_json::json;

use crate::emulators::{ApiError, table::is_write};

/// How often what goes wrong: probabilities from 0 to 1; those of one struct exclude each other and add up to at most 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Requests to the table.
    pub table: TablePlan,
    /// Indexes show the table as it was that long ago; `None` for always fresh ones. AWS promises nothing; two seconds is
    /// already more than one usually sees.
    pub stale_indexes: Option<Duration>,
    /// Messages sent to queues.
    pub queue: QueuePlan,
}

/// What goes wrong with requests to the table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TablePlan {
    /// A transaction or a single write is refused because another one holds an item.
    pub conflict: f64,
    /// Any request is refused for its rate.
    pub throttle: f64,
    /// Any request fails inside AWS; nothing is done.
    pub internal: f64,
    /// The request is carried out, and the connection closed without an answer.
    pub lost_answer: f64,
}

/// What goes wrong with messages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueuePlan {
    /// Accepted and forgotten.
    pub lost: f64,
    /// Delivered twice.
    pub twice: f64,
    /// Held back.
    pub late: f64,
    /// How long at most.
    pub late_by: Duration,
}

/// What happens to one request to the table.
#[derive(Debug, Clone, PartialEq)]
pub enum TableFault {
    /// Nothing.
    None,
    /// It is refused with this error.
    Refuse(ApiError),
    /// It is carried out, and its answer is lost.
    LostAnswer,
}

/// What happens to one message that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueFault {
    /// Nothing.
    None,
    /// It is lost.
    Lost,
    /// It is doubled.
    Twice,
    /// It is late.
    Late(Duration),
}

/// Draws the faults.
#[derive(Debug)]
pub struct Faults {
    env: Env,
    plan: Mutex<Plan>,
}

impl Faults {
    /// Nothing goes wrong until [`Faults::set`] says so; the draws then come from the machine's randomness.
    pub fn none() -> Self {
        Self { env: Env::system(), plan: Mutex::default() }
    }

    /// Nothing goes wrong until [`Faults::set`] says so; the draws then come from the seed. Which request gets which
    /// draw still depends on the order in which they arrive.
    pub fn seeded(seed: u64) -> Self {
        Self { env: Env::fixed(Arc::new(SystemClock), seed), plan: Mutex::default() }
    }

    /// Changes the plan while the cloud runs.
    pub fn set(&self, change: impl FnOnce(&mut Plan)) {
        change(&mut self.plan.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The plan as it is.
    pub fn plan(&self) -> Plan {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Time and randomness of the emulators, which share the seed.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// Draws once: the position of the fault that strikes, of faults that exclude each other, or none.
    fn draw(&self, probabilities: &[f64]) -> Option<usize> {
        let all: f64 = probabilities.iter().sum();
        if all <= 0.0 {
            return None;
        }
        let drawn = self.env.below(1_000_000) as f64 / 1e6;
        let mut sum = 0.0;
        probabilities.iter().position(|probability| {
            sum += probability;
            drawn < sum
        })
    }

    /// What happens to a request; `items` is how many actions a transaction has.
    pub fn table(&self, operation: &str, items: usize) -> TableFault {
        let plan = self.plan().table;
        let transaction = matches!(operation, "TransactWriteItems" | "TransactGetItems");
        let contended = transaction || matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem");
        let conflict = if contended { plan.conflict } else { 0.0 };
        // A lost answer of a read teaches nothing that an internal error does not.
        let lost = if is_write(operation) { plan.lost_answer } else { 0.0 };
        match self.draw(&[conflict, plan.throttle, plan.internal, lost]) {
            None => TableFault::None,
            Some(0) if transaction => {
                TableFault::Refuse(self.cancelled(items, "TransactionConflict", "Transaction is ongoing for the item"))
            }
            Some(0) => {
                TableFault::Refuse(dynamo("TransactionConflictException", "Transaction is ongoing for the item"))
            }
            Some(1) => TableFault::Refuse(match self.env.below(3) {
                0 if transaction => self.cancelled(items, "ThrottlingError", "Throughput exceeds the current capacity"),
                0 | 1 => dynamo(
                    "ProvisionedThroughputExceededException",
                    "The level of configured provisioned throughput for the table was exceeded.",
                ),
                _ => dynamo("ThrottlingException", "Throughput exceeds the current capacity of your table or index."),
            }),
            Some(2) => {
                TableFault::Refuse(ApiError { status: 500, ..dynamo("InternalServerError", "Internal server error") })
            }
            Some(_) => TableFault::LostAnswer,
        }
    }

    fn cancelled(&self, items: usize, code: &str, message: &str) -> ApiError {
        let struck = self.env.below(items.max(1) as u64) as usize;
        let reasons: Vec<_> = (0..items)
            .map(
                |item| if item == struck { json!({"Code": code, "Message": message}) } else { json!({"Code": "None"}) },
            )
            .collect();
        let codes: Vec<_> = (0..items).map(|item| if item == struck { code } else { "None" }).collect();
        let words = format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            codes.join(", ")
        );
        ApiError { more: json!({"CancellationReasons": reasons}), ..dynamo("TransactionCanceledException", &words) }
    }

    /// What happens to a message.
    pub fn queue(&self) -> QueueFault {
        let plan = self.plan().queue;
        match self.draw(&[plan.lost, plan.twice, plan.late]) {
            None => QueueFault::None,
            Some(0) => QueueFault::Lost,
            Some(1) => QueueFault::Twice,
            Some(_) => {
                let most = plan.late_by.as_millis() as u64;
                QueueFault::Late(Duration::from_millis(1 + self.env.below(most.max(1))))
            }
        }
    }
}

fn dynamo(code: &str, message: &str) -> ApiError {
    let spaces = if code == "ThrottlingException" {
        "com.amazon.coral.availability"
    } else {
        "com.amazonaws.dynamodb.v20120810"
    };
    ApiError::bad(format!("{spaces}#{code}"), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_faults() {
        let draw = |seed| {
            let faults = Faults::seeded(seed);
            faults.set(|plan| {
                plan.table = TablePlan { conflict: 0.2, throttle: 0.2, internal: 0.2, lost_answer: 0.2 };
            });
            (0..200).map(|_| faults.table("TransactWriteItems", 3)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let drawn = draw(1);
        assert!(drawn.contains(&TableFault::LostAnswer) && drawn.contains(&TableFault::None));
        let conflict = drawn.iter().find_map(|fault| match fault {
            TableFault::Refuse(error) if error.code.ends_with("TransactionCanceledException") => Some(error),
            _ => None,
        });
        assert_eq!(conflict.unwrap().more["CancellationReasons"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn reads_meet_no_conflicts_and_lose_no_answers() {
        let faults = Faults::seeded(1);
        faults.set(|plan| plan.table = TablePlan { conflict: 1.0, lost_answer: 1.0, ..TablePlan::default() });
        assert_eq!(faults.table("Query", 0), TableFault::None);
        assert!(
            matches!(faults.table("PutItem", 0), TableFault::Refuse(error) if error.code.ends_with("TransactionConflictException"))
        );
    }
}
