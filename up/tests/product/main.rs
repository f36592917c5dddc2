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

mod authors;
mod bad_input;
mod bulk;
mod clustering;
#[path = "../common/mod.rs"]
mod common;
mod fairness;
mod faulty_peer;
mod gate;
mod images;
mod isolation;
mod kinds;
mod limits;
mod live;
mod maximum;
mod model;
mod planner;
mod provider;
mod real_exports;
mod recorded;
mod recording;
mod restart;
mod review;
mod rewriting;
mod schedules;
mod short_way;
mod small_model;
#[path = "../common/socket.rs"]
mod socket;
mod thinker;
mod truth;
mod units;
mod way_through;
