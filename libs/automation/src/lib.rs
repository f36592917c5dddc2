//! Schedules: what a person may press, pressed by the house at its time, under `system_bot`.
//!
//! A schedule is a row per site and function that stands in a due index while it is on. The tick, every minute, finds
//! what is due by that index and sends one message for each; a worker then carries one run out, by the same service
//! call as the button. The row is the truth: a message that is lost is sent again, one that comes twice finds the run
//! done, and the job of a run is started once, under an idempotency key of its own.
//!
//! This room calls every service; nobody calls it but functions.

mod plan;
mod quiet;
mod run;
mod schedule;
mod service;

pub use plan::SchedulePreview;
pub use quiet::QuietHours;
pub use run::{RunMessage, Ticked, is_run};
pub use schedule::{LastRun, RunOutcome, Schedule, ScheduleUpdate, ScheduledFunction};
pub use service::{Automation, ScheduleList, Switch};
