//! Everything goes wrong, and nothing is lost, doubled or wrongly charged.
//!
//! `points` holds the sources to a fail point per write; `every_point` kills a real process at each of them, before and
//! after the write; `random` lets everything happen at once, with a seed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that cannot be set up must fail; its size and its worker's name come from the environment"
)]

#[path = "../common/mod.rs"]
mod common;
mod deaths;
mod every_point;
mod merging;
mod people;
mod points;
mod product;
mod provider;
mod random;
mod scheduled;
#[path = "../common/socket.rs"]
mod socket;
mod stack;
mod tenant;
mod thinking;
mod walk;
mod watching;

use std::{process::ExitCode, time::Duration};

use igny8_up::functions;

/// Tells this executable which function to be.
const BE: &str = "IGNY8_CHAOS_FUNCTION";
/// The end of everything that may take long.
const PATIENCE: Duration = Duration::from_mins(30);

/// Not a test of its own: the chaos runs start this executable again with this test alone, which then is a function's
/// process with the main function of its binary, until it is killed.
#[test]
fn a_worker_process() {
    let Ok(name) = std::env::var(BE) else { return };
    let function = functions().into_iter().chain([people::DEEDS]).find(|function| function.name == name);
    assert_eq!(igny8_lambda::serve(function.unwrap()), ExitCode::SUCCESS);
}
