//! The limits on calls of models, kept in the table so that all processes agree: how many a minute, how much a day, and
//! which model rests because it failed several times in a row.
//!
//! A call costs 2 reads and 4 units of writes more, and 2 units when it failed. The counters are approximate on purpose
//! where exactness would cost more: what is under way when a tenant reaches its daily limit is still paid for, and the
//! cost of a call whose process dies before it tells is not counted (it stands in the usage log).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use igny8_ai::{Admission, Gate, Health, Model};
use igny8_core::{Ctx, Result, Timestamp};
use igny8_platform::settings::{
    AI_BREAKER_FAILURES, AI_BREAKER_SECONDS, AI_DAILY_COST_CENTS, AI_RATE_PER_MINUTE, Settings,
};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Table, TableError, Update};
use serde::{Deserialize, Serialize};

use crate::Failure;

const MINUTE: Duration = Duration::from_mins(1);
/// What happened longer ago says nothing about the health of a model.
const FORGOTTEN: Duration = Duration::from_mins(10);
/// A rest that a provider asks for is kept for at most so long.
const LONGEST_REST: Duration = Duration::from_mins(10);
/// An item that waits for tomorrow looks again every hour: the limit may have been raised.
const RECHECK: Duration = Duration::from_hours(1);
/// How often a change of a model's health is tried while others change it.
const TRIES: u32 = 4;
const MICROCENTS: u64 = 1_000_000;

/// The requests to one model in one minute.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct RateWindow {
    /// How many were let through.
    #[serde(default)]
    passed: u64,
    /// How many were sent away.
    #[serde(default)]
    waiting: u64,
}

impl RateWindow {
    const KIND: &'static str = "AI_RATE";

    /// The window of all tenants.
    fn of_all(model: &str, minute: i64) -> Key {
        Keys::global_child(Self::KIND, model, "MINUTE", minute)
    }

    /// The window of one tenant.
    fn of_tenant(keys: &Keys, model: &str, minute: i64) -> Key {
        keys.child_row("AI_MODEL", model, Self::KIND, minute)
    }
}

/// How a model has been doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Breaker {
    /// The model, as `openai:gpt-4.1-mini`.
    model: String,
    /// Failures since the last good answer.
    failures: u64,
    /// Until when nobody calls it; then one call tries it.
    open_until: Option<Timestamp>,
    /// When it failed last.
    failed_at: Timestamp,
    /// Grows with each change.
    version: u64,
}

impl Entity for Breaker {
    const KIND: &'static str = "AI_BREAKER";

    fn key(&self, _: &Keys) -> Key {
        Keys::global(Self::KIND, &self.model)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.failed_at.max(self.open_until.unwrap_or_default()) + FORGOTTEN)
    }
}

/// What AI has cost a tenant on a day.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct AiDay {
    /// In millionths of a US cent.
    cost_microcents: u64,
}

impl AiDay {
    const KIND: &'static str = "AI_DAY";
    const KEPT: Duration = Duration::from_hours(40 * 24);

    fn key_of(keys: &Keys, now: Timestamp) -> Key {
        keys.row(Self::KIND, now.date())
    }
}

/// The limits on calls for the items of one tenant.
pub struct CallLimits {
    table: Table,
    ctx: Ctx,
    settings: Arc<Settings>,
    /// How the models were doing when they were asked for.
    seen: Mutex<HashMap<String, Breaker>>,
}

impl std::fmt::Debug for CallLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallLimits").field("tenant", &self.ctx.tenant).finish_non_exhaustive()
    }
}

impl CallLimits {
    pub(crate) fn new(table: Table, ctx: &Ctx, settings: Arc<Settings>) -> Self {
        Self { table, ctx: ctx.clone(), settings, seen: Mutex::default() }
    }

    /// The settings that these limits are of.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Asks for one call of what is no language model, named as `openai:gpt-image-1`, and counts it when it may go.
    ///
    /// # Errors
    /// [`Failure::Postponed`] when a limit stands in the way: the item waits, and has not been tried.
    pub async fn begin(&self, key: &str) -> std::result::Result<(), Failure> {
        match self.admitted(key, None).await? {
            Admission::Go => Ok(()),
            Admission::Wait { after, sentence } | Admission::Stop { after, sentence } => {
                Err(Failure::Postponed { after, sentence, usage: Vec::new() })
            }
        }
    }

    /// Tells how such a call went, and what it cost in millionths of a cent.
    pub async fn end(&self, key: &str, health: Health, cost_microcents: u64) -> Result<()> {
        self.told(key, health, cost_microcents).await
    }

    /// The tenant's day: a stop when its limit is reached.
    async fn day(&self) -> Result<Option<Admission>> {
        let limit = self.settings.get(AI_DAILY_COST_CENTS);
        let now = self.ctx.now();
        let day = self.table.get_item(AiDay::key_of(&Keys::new(&self.ctx), now)).await?;
        let spent = day.map(igny8_table::from_item::<AiDay>).transpose()?.map_or(0, |day| day.cost_microcents);
        if spent < limit.saturating_mul(MICROCENTS) {
            return Ok(None);
        }
        let sentence = format!(
            "AI has cost ${} today, and the limit for a day is ${}. It goes on after midnight UTC, or within the hour \
             after an admin raises the limit in Settings.",
            dollars(spent / MICROCENTS),
            dollars(limit)
        );
        let into_day = Duration::from_millis(now.millis().rem_euclid(86_400_000).unsigned_abs());
        let left = Duration::from_hours(24).saturating_sub(into_day);
        Ok(Some(Admission::Stop { after: left.min(RECHECK) + self.jitter(MINUTE), sentence }))
    }

    /// A model's health: a wait while it rests; the first call after its rest goes alone.
    async fn health(&self, key: &str) -> Result<Option<Admission>> {
        let now = self.ctx.now();
        let Some(breaker) = self.breaker(key).await? else { return Ok(None) };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), breaker.clone());
        let rest = Duration::from_secs(self.settings.get(AI_BREAKER_SECONDS));
        let wait = |after: Duration| Admission::Wait {
            after: after + self.jitter(Duration::from_secs(5)),
            sentence: "The AI model failed several times in a row and is left alone for a moment.".to_owned(),
        };
        match breaker.open_until {
            Some(until) if until > now => Ok(Some(wait(until.since(now)))),
            Some(_) => {
                let trial = Breaker { open_until: Some(now + rest), version: breaker.version + 1, ..breaker.clone() };
                match self.write_breaker(&trial, Some(&breaker)).await {
                    Ok(()) => {
                        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), trial);
                        Ok(None)
                    }
                    // Another call tries it already.
                    Err(TableError::Condition(_)) => Ok(Some(wait(rest))),
                    Err(error) => Err(error.into()),
                }
            }
            None => Ok(None),
        }
    }

    /// The row of a model, unless what it says is too long ago.
    async fn breaker(&self, key: &str) -> Result<Option<Breaker>> {
        let breaker: Option<Breaker> = self.table.get(Keys::global(Breaker::KIND, key)).await?;
        let now = self.ctx.now();
        Ok(breaker.filter(|breaker| {
            breaker.open_until.is_some_and(|until| until > now) || now.since(breaker.failed_at) < FORGOTTEN
        }))
    }

    async fn write_breaker(&self, new: &Breaker, before: Option<&Breaker>) -> Result<(), TableError> {
        let mut effects = Effects::new();
        // One that is too old to count is written over.
        let old = Cond::NotExists.or(Cond::lt("failed_at", self.ctx.now().before(FORGOTTEN)));
        let when = before.map_or(old, |before| Cond::eq_n("version", before.version));
        effects.put("breaker", &Keys::new(&self.ctx), new, Some(when))?;
        self.table.transact("ai.breaker", effects).await
    }

    /// Counts a request in this minute's window, or finds it a place in one to come.
    async fn rate(&self, own_limit: Option<u32>, key: &str) -> Result<Option<Admission>> {
        let general = u32::try_from(self.settings.get(AI_RATE_PER_MINUTE)).unwrap_or(u32::MAX);
        let limit = u64::from(own_limit.unwrap_or(general).max(1));
        let own = self.settings.own_rate(key).map(|own| u64::from(own.max(1)));
        let now = self.ctx.now();
        let minute = now.secs().div_euclid(60);
        let keys = Keys::new(&self.ctx);
        let windows = [("all", limit, RateWindow::of_all(key, minute))]
            .into_iter()
            .chain(own.map(|own| ("tenant", own, RateWindow::of_tenant(&keys, key, minute))));
        let mut effects = Effects::new();
        let windows: Vec<_> = windows.collect();
        for (label, limit, window) in &windows {
            let free = Cond::Lacks("passed").or(Cond::lt_n("passed", limit));
            effects.update(label, Self::counted(window, "passed", now).when(free));
        }
        let failed = match self.table.transact("ai.admit", effects).await {
            Ok(()) => return Ok(None),
            Err(TableError::Condition(failed)) => failed,
            Err(error) => return Err(error.into()),
        };
        // Who is sent away is counted too, so that a thousand of them do not all come back in the next minute.
        let Some((_, limit, window)) = windows.iter().find(|(label, ..)| *label == failed.label) else {
            return Ok(None);
        };
        let before = failed.found.and_then(|row| igny8_table::from_item::<RateWindow>(row).ok());
        let before = before.map_or(0, |window| window.waiting);
        let mut effects = Effects::new();
        effects.update("waiting", Self::counted(window, "waiting", now));
        self.table.transact("ai.admit", effects).await?;
        let into_minute = Duration::from_millis(now.millis().rem_euclid(60_000).unsigned_abs());
        let windows_ahead = u32::try_from((before / limit).min(60)).unwrap_or(60);
        Ok(Some(Admission::Wait {
            after: MINUTE.saturating_sub(into_minute) + MINUTE * windows_ahead + self.jitter(Duration::from_secs(10)),
            sentence: format!("The AI model takes {limit} requests in a minute, and this one waits for its turn."),
        }))
    }

    fn counted(window: &Key, what: &'static str, now: Timestamp) -> Update {
        let ttl = (now + Duration::from_hours(2)).secs();
        Update::at(window.clone()).add(what, 1).set("_k", RateWindow::KIND).set_n("ttl", ttl)
    }

    /// Writes a failure down; at the limit the model rests.
    async fn failed(&self, key: &str, after: Option<Duration>) -> Result<()> {
        for _ in 0..TRIES {
            let now = self.ctx.now();
            let before = self.breaker(key).await?;
            let failures = before.as_ref().map_or(0, |before| before.failures) + 1;
            let rest = Duration::from_secs(self.settings.get(AI_BREAKER_SECONDS));
            let rest = rest.max(after.unwrap_or_default().min(LONGEST_REST));
            let open_until = (failures >= self.settings.get(AI_BREAKER_FAILURES)).then(|| now + rest);
            let version = before.as_ref().map_or(0, |before| before.version) + 1;
            let new = Breaker { model: key.to_owned(), failures, open_until, failed_at: now, version };
            match self.write_breaker(&new, before.as_ref()).await {
                Ok(()) => return Ok(()),
                Err(TableError::Condition(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        // So many write it down at once that one more or less does not matter.
        Ok(())
    }

    /// Forgets the failures of a model that has answered.
    async fn answered(&self, key: &str) -> Result<()> {
        let Some(seen) = self.seen.lock().unwrap_or_else(PoisonError::into_inner).remove(key) else { return Ok(()) };
        let mut effects = Effects::new();
        let when = Cond::eq_n("version", seen.version);
        effects.delete("breaker", Keys::global(Breaker::KIND, key), Some(when));
        match self.table.transact("ai.recovered", effects).await {
            // It has failed again meanwhile, or someone else has forgotten it.
            Ok(()) | Err(TableError::Condition(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn jitter(&self, most: Duration) -> Duration {
        Duration::from_millis(self.ctx.env.below(most.as_millis() as u64))
    }

    async fn admitted(&self, key: &str, rate: Option<u32>) -> Result<Admission> {
        if let Some(stop) = self.day().await? {
            return Ok(stop);
        }
        if let Some(wait) = self.health(key).await? {
            return Ok(wait);
        }
        Ok(self.rate(rate, key).await?.unwrap_or(Admission::Go))
    }

    async fn told(&self, key: &str, health: Health, cost_microcents: u64) -> Result<()> {
        if cost_microcents > 0 {
            let now = self.ctx.now();
            let day = Update::at(AiDay::key_of(&Keys::new(&self.ctx), now))
                .add("cost_microcents", i64::try_from(cost_microcents).unwrap_or(i64::MAX))
                .set("_k", AiDay::KIND)
                .set_n("ttl", (now + AiDay::KEPT).secs());
            let mut effects = Effects::new();
            effects.update("day", day);
            self.table.transact("ai.spent", effects).await?;
        }
        match health {
            Health::Good => self.answered(key).await,
            Health::Bad { after } => self.failed(key, after).await,
            Health::Unknown => Ok(()),
        }
    }
}

#[async_trait]
impl Gate for CallLimits {
    async fn admit(&self, model: &Model) -> Result<Admission> {
        self.admitted(&model.key(), model.rate_per_minute).await
    }

    async fn report(&self, model: &Model, health: Health, cost_microcents: u64) -> Result<()> {
        self.told(&model.key(), health, cost_microcents).await
    }
}

/// Cents as dollars: `10.00`.
fn dollars(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
