//! Fail points: named places around every write at which a chaos run may end the process.
//!
//! A write takes its fail point as an argument, so there is no write without one. In production the variable
//! `IGNY8_FAILPOINTS` is not set and a fail point costs one atomic load.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

/// Where a write stands in the story, as `work.finish`.
pub type Point = &'static str;

struct Plan {
    /// The seed of the choice; together with a counter it makes a run repeatable.
    seed: u64,
    /// One in so many hits kills.
    one_in: u64,
    /// Only points with this prefix; empty for all.
    prefix: String,
    hits: AtomicU64,
}

static PLAN: OnceLock<Option<Plan>> = OnceLock::new();

/// Arms the fail points of this process: `seed:one_in[:prefix]`. Called once at start; without it they do nothing.
///
/// Returns false when the text cannot be read or the points were armed before.
pub fn arm(plan: &str) -> bool {
    let mut parts = plan.splitn(3, ':');
    let seed = parts.next().and_then(|text| text.parse().ok());
    let one_in = parts.next().and_then(|text| text.parse().ok()).filter(|n| *n > 0);
    let (Some(seed), Some(one_in)) = (seed, one_in) else { return false };
    let prefix = parts.next().unwrap_or_default().to_owned();
    PLAN.set(Some(Plan { seed, one_in, prefix, hits: AtomicU64::new(0) })).is_ok()
}

/// Passes a fail point: returns, or ends the process with SIGKILL where an armed plan says so.
pub fn hit(point: Point, when: &str) {
    let Some(Some(plan)) = PLAN.get() else { return };
    if !point.starts_with(&plan.prefix) {
        return;
    }
    let hit = plan.hits.fetch_add(1, Ordering::Relaxed);
    if mix(plan.seed ^ mix(hit)).is_multiple_of(plan.one_in) {
        tracing::warn!(point, when, "fail point kills the process");
        let pid = std::process::id().to_string();
        // Safe Rust has no kill(2); the shell's does the same.
        let _ = std::process::Command::new("kill").args(["-9", &pid]).status();
        std::process::abort();
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): spreads neighbouring numbers over all 64 bits.
const fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}
