//! A schedule: one function of one site, its rate, its bounds, and what became of its last run.

use std::{fmt, str::FromStr, time::Duration};

use igny8_core::{Credits, Ctx, Error, JobId, Result, SiteId, TenantId, Timestamp};
use igny8_table::{Entity, Indexes, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::QuietHours;

/// Schedules are spread over so many partitions of the due index.
pub(crate) const DUE_SHARDS: u64 = 8;
/// The least and the most minutes between two runs: a quarter of an hour, thirty days.
const RATES: std::ops::RangeInclusive<u32> = 15..=43_200;
/// The most credits of one run.
const MOST_CREDITS: i64 = 10_000;
/// The most things that one run takes, whatever they cost.
const MOST_ITEMS: u32 = 200;

/// What can be scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduledFunction {
    /// New keywords become clusters.
    AutoCluster,
    /// Clusters without ideas get some.
    AutoIdeas,
    /// Ideas that are accepted become tasks, and tasks that wait are written.
    AutoWriter,
    /// Contents without pictures get some planned, and pictures that are planned are made.
    AutoImages,
    /// What may be published is published on the site that we host.
    AutoPublish,
}

impl ScheduledFunction {
    /// All of them, in the order of the pipeline.
    pub const ALL: [Self; 5] =
        [Self::AutoCluster, Self::AutoIdeas, Self::AutoWriter, Self::AutoImages, Self::AutoPublish];

    /// Its name on the wire and in keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AutoCluster => "auto_cluster",
            Self::AutoIdeas => "auto_ideas",
            Self::AutoWriter => "auto_writer",
            Self::AutoImages => "auto_images",
            Self::AutoPublish => "auto_publish",
        }
    }

    /// Minutes between two runs, unless told otherwise.
    const fn every(self) -> u32 {
        match self {
            Self::AutoCluster | Self::AutoIdeas => 6 * 60,
            Self::AutoWriter | Self::AutoImages => 3 * 60,
            Self::AutoPublish => 12 * 60,
        }
    }

    /// Credits of one run, unless told otherwise: 300 keywords, four clusters' ideas, five articles, and
    /// four pictures for each of these.
    const fn credits(self) -> Credits {
        match self {
            Self::AutoCluster => Credits(10),
            Self::AutoIdeas | Self::AutoImages => Credits(20),
            Self::AutoWriter => Credits(15),
            Self::AutoPublish => Credits(0),
        }
    }
}

impl fmt::Display for ScheduledFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ScheduledFunction {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|function| function.as_str() == text).ok_or_else(|| Error::not_found("schedule"))
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// It started a job.
    Started,
    /// There was nothing to do.
    Nothing,
    /// It was not the time: quiet hours, a pause, or its last job still runs.
    Skipped,
    /// It could not start.
    Failed,
}

/// What became of the last run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LastRun {
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: RunOutcome,
    /// What it did, or why it did nothing, for people.
    pub sentence: String,
    /// The job that it started.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub job_id: Option<JobId>,
    /// Credits that were reserved for it.
    pub credits: Credits,
}

/// A schedule, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Schedule {
    /// The site that it works on.
    pub site_id: SiteId,
    /// What it does.
    pub function: ScheduledFunction,
    /// Whether it runs by itself.
    pub enabled: bool,
    /// Minutes between two runs.
    pub every_minutes: u32,
    /// The most credits of one run.
    pub max_credits: Credits,
    /// The most keywords (in thirties), clusters, articles, pictures or pages of one run; at most 40 of the pictures.
    pub max_items: u32,
    /// Whether it also takes what nobody has looked at: new ideas, pictures for drafts, and publishing drafts
    /// where the site wants no review.
    #[serde(default)]
    pub unreviewed: bool,
    /// When it does not start anything.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quiet_hours: Option<QuietHours>,
    /// When it runs next; nothing while it is off.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_run: Option<Timestamp>,
    /// What became of its last run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_run: Option<LastRun>,
    /// Grows with every change by a person; `If-Match` takes it.
    pub version: u64,
}

impl Schedule {
    /// A schedule that nobody has touched: off.
    pub(crate) fn default_of(site_id: SiteId, function: ScheduledFunction) -> Self {
        Self {
            site_id,
            function,
            enabled: false,
            every_minutes: function.every(),
            max_credits: function.credits(),
            max_items: 40,
            unreviewed: false,
            quiet_hours: None,
            next_run: None,
            last_run: None,
            version: 0,
        }
    }

    /// The time between two runs.
    pub(crate) fn every(&self) -> Duration {
        Duration::from_mins(u64::from(self.every_minutes))
    }

    /// Applies a change of a person; the next run follows when it is turned on or its rate changes.
    pub(crate) fn change(&mut self, now: Timestamp, change: ScheduleUpdate) -> Result<()> {
        let rate_before = self.every_minutes;
        let was_on = self.enabled;
        if let Some(every) = change.every_minutes {
            if !RATES.contains(&every) {
                return Err(Error::invalid("every_minutes", "must be 15 to 43,200: a quarter of an hour to 30 days"));
            }
            self.every_minutes = every;
        }
        if let Some(credits) = change.max_credits {
            if !(0..=MOST_CREDITS).contains(&credits) {
                return Err(Error::invalid("max_credits", "must be 0 to 10,000"));
            }
            self.max_credits = Credits(credits);
        }
        if let Some(items) = change.max_items {
            if !(1..=MOST_ITEMS).contains(&items) {
                return Err(Error::invalid("max_items", "must be 1 to 200"));
            }
            self.max_items = items;
        }
        self.unreviewed = change.unreviewed.unwrap_or(self.unreviewed);
        if let Some(quiet) = change.quiet_hours {
            quiet.as_ref().map_or(Ok(()), QuietHours::check)?;
            self.quiet_hours = quiet;
        }
        self.enabled = change.enabled.unwrap_or(self.enabled);
        match self.enabled {
            false => self.next_run = None,
            true if !was_on => self.next_run = Some(now + self.every()),
            // A shorter rate comes into force at once, a longer one too.
            true if rate_before != self.every_minutes => {
                let last = self.last_run.as_ref().map_or(now, |run| run.at);
                self.next_run = Some((last + self.every()).max(now));
            }
            true => {}
        }
        self.version += 1;
        Ok(())
    }
}

/// A schedule as it is stored: with whose it is, and when the tick looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredSchedule {
    /// The schedule.
    #[serde(flatten)]
    pub schedule: Schedule,
    /// Whose.
    pub tenant: TenantId,
    /// When the tick looks at it, as it stands in the index; nothing while it is off.
    #[serde(rename = "GSI1SK", skip_serializing_if = "Option::is_none", default)]
    pub due: Option<String>,
}

impl StoredSchedule {
    /// A schedule of the context's tenant, to be looked at when it runs next.
    pub fn new(ctx: &Ctx, schedule: Schedule) -> Self {
        let due = schedule.next_run.map(|next| Self::due_at(ctx.tenant, &schedule, next));
        Self { schedule, tenant: ctx.tenant, due }
    }

    /// The place of a schedule in the due index when it is looked at then.
    pub fn due_at(tenant: TenantId, schedule: &Schedule, moment: Timestamp) -> String {
        format!("{moment}#{tenant}#{}#{}", schedule.site_id, schedule.function)
    }

    /// Where a schedule lives.
    pub(crate) fn key_of(keys: &Keys, site: SiteId, function: ScheduledFunction) -> Key {
        keys.site_row(site, Self::KIND, function)
    }

    /// The partition of the due index in which schedules of a tenant stand.
    pub(crate) fn due_partition(shard: u64) -> String {
        format!("SCHEDULE_DUE#{shard}")
    }

    pub(crate) fn shard_of(tenant: TenantId) -> u64 {
        tenant.to_string().bytes().fold(0_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)))
            % DUE_SHARDS
    }
}

impl Entity for StoredSchedule {
    const KIND: &'static str = "SCHEDULE";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.schedule.site_id, self.schedule.function)
    }

    fn indexes(&self, _: &Keys) -> Indexes {
        Indexes {
            gsi1: self.due.clone().map(|due| (Self::due_partition(Self::shard_of(self.tenant)), due)),
            gsi2: None,
        }
    }
}

/// A change of a schedule; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleUpdate {
    /// Whether it runs by itself.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Minutes between two runs: 15 to 43,200.
    #[serde(default)]
    #[schema(minimum = 15, maximum = 43200)]
    pub every_minutes: Option<u32>,
    /// The most credits of one run: 0 to 10,000.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10000)]
    pub max_credits: Option<i64>,
    /// The most things of one run: 1 to 200.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 200)]
    pub max_items: Option<u32>,
    /// Whether it also takes what nobody has looked at.
    #[serde(default)]
    pub unreviewed: Option<bool>,
    /// When it does not start anything; null removes them.
    #[serde(default, deserialize_with = "maybe_null")]
    #[schema(value_type = Option<QuietHours>)]
    pub quiet_hours: Option<Option<QuietHours>>,
}

/// Tells null (remove it) from nothing (leave it).
fn maybe_null<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use igny8_core::Env;

    use super::*;

    fn schedule() -> Schedule {
        Schedule::default_of(SiteId::new(3, 4), ScheduledFunction::AutoWriter)
    }

    fn due(schedule: &Schedule) -> Option<String> {
        let ctx = Ctx::system(TenantId::new(1, 2), "test", Env::system());
        StoredSchedule::new(&ctx, schedule.clone()).due
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_off_and_without_a_place_in_the_index_until_somebody_turns_it_on() {
        let mut schedule = schedule();
        assert!(!schedule.enabled && schedule.next_run.is_none() && due(&schedule).is_none());
        let now = at("2026-11-22T10:00:00Z");
        schedule.change(now, ScheduleUpdate { enabled: Some(true), ..Default::default() }).unwrap();
        assert_eq!(schedule.next_run, Some(at("2026-11-22T13:00:00Z")));
        assert!(due(&schedule).unwrap().starts_with("2026-11-22T13:00:00.000Z#"));
        schedule.change(now, ScheduleUpdate { enabled: Some(false), ..Default::default() }).unwrap();
        assert_eq!((schedule.next_run, due(&schedule), schedule.version), (None, None, 2));
    }

    #[test]
    fn another_rate_moves_the_next_run_and_nothing_else_does() {
        let mut schedule = schedule();
        let now = at("2026-11-22T10:00:00Z");
        schedule.change(now, ScheduleUpdate { enabled: Some(true), ..Default::default() }).unwrap();
        let next = schedule.next_run;
        let later = at("2026-11-22T11:00:00Z");
        schedule.change(later, ScheduleUpdate { max_credits: Some(30), ..Default::default() }).unwrap();
        assert_eq!(schedule.next_run, next);
        schedule.change(later, ScheduleUpdate { every_minutes: Some(15), ..Default::default() }).unwrap();
        assert_eq!(schedule.next_run, Some(at("2026-11-22T11:15:00Z")));
        schedule.last_run = Some(LastRun {
            at: at("2026-11-22T10:00:00Z"),
            outcome: RunOutcome::Nothing,
            sentence: String::new(),
            job_id: None,
            credits: Credits(0),
        });
        schedule.change(later, ScheduleUpdate { every_minutes: Some(30), ..Default::default() }).unwrap();
        assert_eq!(schedule.next_run, Some(later), "it is overdue by its new rate");
    }

    #[test]
    fn what_is_wrong_is_named_and_changes_nothing_that_is_stored() {
        for (change, field) in [
            (ScheduleUpdate { every_minutes: Some(14), ..Default::default() }, "every_minutes"),
            (ScheduleUpdate { max_credits: Some(-1), ..Default::default() }, "max_credits"),
            (ScheduleUpdate { max_items: Some(201), ..Default::default() }, "max_items"),
        ] {
            let error = schedule().change(at("2026-11-22T10:00:00Z"), change).unwrap_err();
            assert_eq!(error.fields()[0].field, field);
        }
    }

    #[test]
    fn null_is_told_from_nothing() {
        let update = |text| serde_json::from_str::<ScheduleUpdate>(text).unwrap().quiet_hours;
        assert_eq!(update("{}"), None);
        assert_eq!(update(r#"{"quiet_hours": null}"#), Some(None));
    }
}
