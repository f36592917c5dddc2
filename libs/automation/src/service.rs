//! Schedules for people: what there is, changes, previews, run now, and the switch for all of them.

use igny8_accounts::Accounts;
use igny8_cloud::Cloud;
use igny8_content::Contents;
use igny8_core::{Actor, Ctx, Error, Result, SiteId, Timestamp};
use igny8_planning::{Planning, expect_version};
use igny8_platform::{audit, remember_answer};
use igny8_publishing::Publishing;
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query, Table, TableError};
use igny8_work::{Job, Work};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Schedule, SchedulePreview, ScheduleUpdate, ScheduledFunction, schedule::StoredSchedule};

/// How often a change is tried again because a run ended beside it.
const ATTEMPTS: u32 = 5;

/// Schedules of all tenants. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Automation {
    pub(crate) table: Table,
    pub(crate) cloud: Cloud,
    pub(crate) work: Work,
    pub(crate) accounts: Accounts,
    pub(crate) planning: Planning,
    pub(crate) contents: Contents,
    pub(crate) publishing: Publishing,
}

/// The switch of a tenant for all of its schedules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Switch {
    /// Since when nothing starts by itself; nothing while schedules run.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub paused_at: Option<Timestamp>,
    /// Who paused them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<Object>)]
    pub paused_by: Option<Actor>,
}

impl Switch {
    fn key_of(keys: &Keys) -> Key {
        keys.row(Self::KIND, "-")
    }
}

impl Entity for Switch {
    const KIND: &'static str = "AUTOMATION";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys)
    }
}

/// The schedules of a site: one for each function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScheduleList {
    /// In the order of the pipeline.
    pub items: Vec<Schedule>,
    /// The switch for all sites of the tenant.
    pub switch: Switch,
}

impl Automation {
    /// Schedules on a table, over the services whose buttons they press.
    pub const fn new(
        table: Table,
        cloud: Cloud,
        work: Work,
        accounts: Accounts,
        planning: Planning,
        contents: Contents,
        publishing: Publishing,
    ) -> Self {
        Self { table, cloud, work, accounts, planning, contents, publishing }
    }

    /// The schedules of a site; one that nobody has touched is off.
    pub async fn schedules(&self, ctx: &Ctx, site: SiteId) -> Result<ScheduleList> {
        self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.site_partition(site, StoredSchedule::KIND));
        let stored = self.table.query::<StoredSchedule>(&keys, query).await?.items;
        let of = |function| {
            let found = stored.iter().map(|stored| &stored.schedule).find(|one| one.function == function).cloned();
            found.unwrap_or_else(|| Schedule::default_of(site, function))
        };
        let items = ScheduledFunction::ALL.into_iter().map(of).collect();
        Ok(ScheduleList { items, switch: self.switch(ctx).await? })
    }

    /// One schedule.
    pub async fn schedule(&self, ctx: &Ctx, site: SiteId, function: ScheduledFunction) -> Result<Schedule> {
        self.accounts.site(ctx, site).await?;
        let key = StoredSchedule::key_of(&Keys::new(ctx), site, function);
        let stored = self.table.get::<StoredSchedule>(key).await?.map(|stored| stored.schedule);
        Ok(stored.unwrap_or_else(|| Schedule::default_of(site, function)))
    }

    /// Changes a schedule; `version` is that of `If-Match`. Turned on, it runs for the first time after its rate.
    pub async fn change(
        &self,
        ctx: &Ctx,
        site: SiteId,
        function: ScheduledFunction,
        change: ScheduleUpdate,
        version: Option<u64>,
    ) -> Result<Schedule> {
        for _ in 0..ATTEMPTS {
            let before = self.schedule(ctx, site, function).await?;
            expect_version(before.version, version)?;
            let mut after = before.clone();
            after.change(ctx.now(), change.clone())?;
            let mut effects = Effects::new();
            // A run that ends beside us moves its time: then what we have read is old.
            let same_run = match before.next_run {
                Some(run) => Cond::eq("next_run", run),
                None => Cond::Lacks("next_run"),
            };
            let unchanged = match before.version {
                0 => Cond::NotExists,
                seen => Cond::eq_n("version", seen).and(same_run),
            };
            effects.put("schedule", &Keys::new(ctx), &StoredSchedule::new(ctx, after.clone()), Some(unchanged))?;
            audit(ctx, &mut effects, "schedule.changed", format!("schedule:{site}/{function}"))?;
            match self.table.transact("automation.change", effects).await {
                Ok(()) => return Ok(after),
                Err(TableError::Condition(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::conflict("This schedule changes all the time. Load it again and repeat your change."))
    }

    /// What the next run would do, as things are now.
    pub async fn preview(&self, ctx: &Ctx, site: SiteId, function: ScheduledFunction) -> Result<SchedulePreview> {
        let schedule = self.schedule(ctx, site, function).await?;
        Ok(self.plan(ctx, &schedule).await?.preview(schedule.next_run))
    }

    /// Does at once what the next run would do, within the same budget; its time stays. Answers the preview when there is
    /// nothing to do.
    ///
    /// Errors: the job of its last run is still at work (409), and those of what it does.
    pub async fn run_now(
        &self,
        ctx: &Ctx,
        site: SiteId,
        function: ScheduledFunction,
    ) -> Result<Result<Job, SchedulePreview>> {
        let schedule = self.schedule(ctx, site, function).await?;
        if self.is_at_work(ctx, &schedule).await? {
            return Err(Error::conflict(
                "The job of its last run is still at work. Wait until it is done, or cancel it.",
            ));
        }
        let mut planned = self.plan(ctx, &schedule).await?;
        match planned.action.take() {
            Some(action) => {
                let job = self.start(ctx, &schedule, action).await?;
                self.note_run(ctx, &schedule, job.id, &planned.sentence).await?;
                Ok(Ok(job))
            }
            None => Ok(Err(planned.preview(schedule.next_run))),
        }
    }

    /// The switch for all schedules of the tenant.
    pub async fn switch(&self, ctx: &Ctx) -> Result<Switch> {
        Ok(self.table.get::<Switch>(Switch::key_of(&Keys::new(ctx))).await?.unwrap_or_default())
    }

    /// Pauses all schedules of the tenant: their times pass and nothing starts. Jobs that run go on.
    pub async fn pause(&self, ctx: &Ctx) -> Result<Switch> {
        self.set_switch(ctx, Switch { paused_at: Some(ctx.now()), paused_by: Some(ctx.actor) }, "schedules.paused")
            .await
    }

    /// Lets them run again, from their next times on.
    pub async fn resume(&self, ctx: &Ctx) -> Result<Switch> {
        self.set_switch(ctx, Switch::default(), "schedules.resumed").await
    }

    async fn set_switch(&self, ctx: &Ctx, switch: Switch, deed: &str) -> Result<Switch> {
        let mut effects = Effects::new();
        effects.put("switch", &Keys::new(ctx), &switch, None)?;
        audit(ctx, &mut effects, deed, "schedules".to_owned())?;
        remember_answer(ctx, &mut effects, 200, &switch)?;
        self.table.transact("automation.switch", effects).await?;
        Ok(switch)
    }
}
