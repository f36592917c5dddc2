//! Who asks, for which tenant, and where time and chance come from.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ApiKeyId, TenantId, Timestamp, UserId};

/// A source of time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(since.as_millis() as i64)
    }
}

/// A clock that stands still until it is moved; for tests.
#[derive(Debug, Default)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.millis()))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Where time and chance come from: the machine in production, fixed in tests.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
    rng: Arc<Mutex<StdRng>>,
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Env")
    }
}

impl Default for Env {
    fn default() -> Self {
        Self::system()
    }
}

impl Env {
    /// The machine's clock and the operating system's randomness.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    pub fn system() -> Self {
        let mut seed = [0_u8; 32];
        // Without a source of randomness no token would be safe, so we would rather not start.
        #[allow(clippy::expect_used)]
        rand::TryRng::try_fill_bytes(&mut rand::rngs::SysRng, &mut seed)
            .expect("the operating system gives no randomness");
        Self { clock: Arc::new(SystemClock), rng: Arc::new(Mutex::new(StdRng::from_seed(seed))) }
    }

    /// A given clock and a seed; for tests.
    pub fn fixed(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self { clock, rng: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))) }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Fills a buffer with random bytes, fit for secrets.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }

    /// 128 random bits, for ids.
    pub fn random(&self) -> u128 {
        let mut bytes = [0_u8; 16];
        self.fill(&mut bytes);
        u128::from_be_bytes(bytes)
    }

    /// A random number below `bound`, for jitter; 0 when `bound` is 0.
    pub fn below(&self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { (self.random() % u128::from(bound)) as u64 }
    }

    /// A secret of 256 random bits, as 64 hex digits.
    pub fn secret(&self) -> String {
        format!("{:032x}{:032x}", self.random(), self.random())
    }
}

/// What a person or a program may do in a tenant, from least to most.
///
/// `SystemBot` is the service itself: it may what an editor may, and never signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads dashboards and content.
    Viewer,
    /// Schedules and automation.
    SystemBot,
    /// Generates, edits and publishes.
    Editor,
    /// Manages the team below admin, sites and integrations; sees billing.
    Admin,
    /// Everything, billing and deletion of the tenant included.
    Owner,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Viewer => "viewer",
            Self::SystemBot => "system_bot",
            Self::Editor => "editor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        })
    }
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Actor {
    /// A person who is signed in.
    User(UserId),
    /// A program with a key.
    ApiKey(ApiKeyId),
    /// Our own workers and schedules.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::ApiKey(id) => write!(f, "api_key:{id}"),
            Self::System => f.write_str("system"),
        }
    }
}

/// The `Idempotency-Key` of a request and the hash of what it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The key as the client sent it.
    pub key: String,
    /// SHA-256 of method, path, query and body, in hex.
    pub request_hash: String,
}

/// The context of one request or one item of work: it goes into every service call.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Whose data this may touch.
    pub tenant: TenantId,
    /// Who acts.
    pub actor: Actor,
    /// What the actor may do.
    pub role: Role,
    /// Names the request in logs and errors.
    pub request_id: String,
    /// The request's idempotency key, if it has one.
    pub idempotency: Option<Idempotency>,
    /// Time and chance.
    pub env: Env,
}

impl Ctx {
    /// The context of our own workers and schedules.
    pub fn system(tenant: TenantId, request_id: impl Into<String>, env: Env) -> Self {
        Self {
            tenant,
            actor: Actor::System,
            role: Role::SystemBot,
            request_id: request_id.into(),
            idempotency: None,
            env,
        }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.env.now()
    }

    /// Milliseconds and randomness for a new id, as the constructors of ids take them.
    pub fn seed(&self) -> (i64, u128) {
        (self.now().millis(), self.env.random())
    }

    /// The person who acts, if it is one.
    pub const fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::User(id) => Some(id),
            Actor::ApiKey(_) | Actor::System => None,
        }
    }
}
