//! Fail points: named places around every write at which a chaos run may end the process.
//!
//! A write takes its fail point as an argument and happens inside [`around`], so there is no write without one
//! (`up/tests/chaos/points.rs` holds the sources to it). In production the variable `IGNY8_FAILPOINTS` is not set and a
//! fail point costs one atomic load.

use std::{
    fs::OpenOptions,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// Where a write stands in the story, as `work.finish`.
pub type Point = &'static str;

enum Plan {
    /// Kills now and then.
    Random {
        /// The seed of the choice; together with a counter it makes a run repeatable.
        seed: u64,
        /// One in so many hits kills.
        one_in: u64,
        /// Only points with this prefix; empty for all.
        prefix: String,
        hits: AtomicU64,
    },
    /// Kills once before and once after the write of each point. The file says which have killed; all processes that
    /// share it take part, and each line of it is a point and `before` or `after`.
    Each(PathBuf),
}

static PLAN: OnceLock<Option<Plan>> = OnceLock::new();

/// Arms the fail points of this process: `seed:one_in[:prefix]` kills at random, `each:file` once at each point that is
/// not in the file yet. Called once at start; without it they do nothing.
///
/// Returns false when the text cannot be read or the points were armed before.
pub fn arm(plan: &str) -> bool {
    read(plan).is_some_and(|plan| PLAN.set(Some(plan)).is_ok())
}

fn read(plan: &str) -> Option<Plan> {
    if let Some(file) = plan.strip_prefix("each:") {
        return (!file.is_empty()).then(|| Plan::Each(file.into()));
    }
    let mut parts = plan.splitn(3, ':');
    let seed = parts.next()?.parse().ok()?;
    let one_in = parts.next()?.parse().ok().filter(|n| *n > 0)?;
    let prefix = parts.next().unwrap_or_default().to_owned();
    Some(Plan::Random { seed, one_in, prefix, hits: AtomicU64::new(0) })
}

/// Carries a write out between its two fail points. The second one is passed only when the write has come through: what
/// failed has left nothing behind that a death could hide.
///
/// The request is boxed: it is some kilobytes large, and everything that waits for it would be so too.
pub fn around<T, E>(point: Point, write: impl Future<Output = Result<T, E>>) -> impl Future<Output = Result<T, E>> {
    let write = Box::pin(write);
    async move {
        hit(point, "before");
        let written = write.await;
        if written.is_ok() {
            hit(point, "after");
        }
        written
    }
}

/// Passes a fail point: returns, or ends the process with SIGKILL where an armed plan says so.
fn hit(point: Point, when: &str) {
    let Some(Some(plan)) = PLAN.get() else { return };
    let kills = match plan {
        Plan::Random { seed, one_in, prefix, hits } => {
            point.starts_with(prefix) && {
                let hit = hits.fetch_add(1, Ordering::Relaxed);
                mix(*seed ^ mix(hit)).is_multiple_of(*one_in)
            }
        }
        Plan::Each(file) => enter(file, &format!("{point} {when}")).unwrap_or_else(|error| {
            tracing::error!(%error, file = %file.display(), "the file of the fail points cannot be used");
            false
        }),
    };
    if kills {
        tracing::warn!(point, when, "fail point kills the process");
        let pid = std::process::id().to_string();
        // Safe Rust has no kill(2); the shell's does the same.
        let _ = std::process::Command::new("kill").args(["-9", &pid]).status();
        std::process::abort();
    }
}

/// Adds a line to a file; false when it is there already. Of processes that do so at once one is told true.
fn enter(file: &Path, line: &str) -> std::io::Result<bool> {
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(file)?;
    file.lock()?;
    let mut known = String::new();
    file.read_to_string(&mut known)?;
    if known.lines().any(|known| known == line) {
        return Ok(false);
    }
    file.write_all(format!("{line}\n").as_bytes())?;
    Ok(true)
}

/// SplitMix64 (Steele, Lea, Flood 2014): spreads neighbouring numbers over all 64 bits.
const fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}
