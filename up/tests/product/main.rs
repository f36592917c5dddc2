//! The whole product in the local cloud, tried from outside. One program for all of it: each more would link everything
//! once more. One part alone: `cargo nextest run --test product bad_input::`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::format_collect,
    reason = "a test that cannot be set up must fail"
)]

mod bad_input;
#[path = "../common/mod.rs"]
mod common;
mod fairness;
mod isolation;
mod live;
mod maximum;
mod model;
mod provider;
mod real_exports;
mod recorded;
mod recording;
mod restart;
mod review;
mod short_way;
#[path = "../common/socket.rs"]
mod socket;
mod units;
mod way_through;
