//! Strategies as they are kept, and those that count for some sectors and kinds.

use std::collections::{BTreeMap, BTreeSet};

use igny8_accounts::InSite;
use igny8_core::{Ctx, Error, ErrorKind, Page, PageRequest, Result, SectorId, SiteId, StrategyId};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Keys, Query};

use crate::{Choice, Strategy, StrategyInput, Thinker, expect_version, resolve};

/// The strategies that may count for some sectors and kinds.
#[derive(Debug, Clone)]
pub struct Strategies {
    ctx: Ctx,
    by_id: BTreeMap<StrategyId, Strategy>,
}

impl Strategies {
    /// What counts for a sector and a kind, where the task itself says this.
    pub fn choice(&self, task: Choice, sector: Option<SectorId>, kind: &str) -> Choice {
        let find =
            |sector: Option<SectorId>, kind: Option<&str>| self.by_id.get(&Strategy::id_of(&self.ctx, sector, kind));
        let of_sector = |kind| sector.and_then(|sector| find(Some(sector), kind));
        resolve(task, of_sector(Some(kind)), of_sector(None), find(None, Some(kind)), find(None, None))
    }
}

impl Thinker {
    /// The strategies that may count for these sectors and kinds: four reads for each at most.
    pub async fn strategies_for(&self, ctx: &Ctx, wanted: &[(Option<SectorId>, &str)]) -> Result<Strategies> {
        let mut ids = BTreeSet::from([Strategy::id_of(ctx, None, None)]);
        for (sector, kind) in wanted {
            ids.insert(Strategy::id_of(ctx, None, Some(kind)));
            if sector.is_some() {
                ids.extend([Strategy::id_of(ctx, *sector, None), Strategy::id_of(ctx, *sector, Some(kind))]);
            }
        }
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Strategy::key_of(&keys, *id)).collect();
        let found: Vec<Option<Strategy>> = self.table.get_many(&wanted).await?;
        let by_id = found.into_iter().flatten().map(|strategy| (strategy.id, strategy)).collect();
        Ok(Strategies { ctx: ctx.clone(), by_id })
    }

    /// Makes the strategy of a sector and kind.
    ///
    /// Errors: there is one already (409); a site, sector or profile that is not there (404).
    pub async fn create_strategy(&self, ctx: &Ctx, input: StrategyInput) -> Result<Strategy> {
        let (input, site_id) = self.checked_strategy(ctx, input).await?;
        let id = Strategy::id_of(ctx, input.sector_id, input.entity_type.as_deref());
        let (now, created_by) = (ctx.now(), ctx.user());
        let strategy =
            Strategy { id, strategy: input, site_id, created_at: now, updated_at: now, created_by, version: 1 };
        let mut effects = Effects::new();
        effects.create("strategy", &Keys::new(ctx), &strategy)?;
        audit(ctx, &mut effects, "strategy.created", format!("strategy:{id}"))?;
        remember_answer(ctx, &mut effects, 201, &strategy)?;
        self.table.transact("thinker.create_strategy", effects).await.map_err(|error| {
            if error.failed("strategy") {
                Error::conflict("There is a strategy for this sector and kind already. Change that one.")
            } else {
                error.into()
            }
        })?;
        Ok(strategy)
    }

    /// What a strategy says, and the site of its sector.
    async fn checked_strategy(&self, ctx: &Ctx, input: StrategyInput) -> Result<(StrategyInput, Option<SiteId>)> {
        let input = input.checked()?;
        let mut site = None;
        if let Some(sector) = input.sector_id {
            let of_sector = self.accounts.site_of(ctx, sector).await.map_err(|error| match error.kind() {
                ErrorKind::NotFound => Error::not_found("sector"),
                _ => error,
            })?;
            self.accounts.site_with(ctx, of_sector.id, [Some(InSite::sector(sector))]).await?;
            site = Some(of_sector.id);
        }
        if let Some(profile) = input.author_profile_id {
            self.profile(ctx, profile).await?;
        }
        Ok((input, site))
    }

    /// Pages of the strategies that the context may see.
    pub async fn strategies(&self, ctx: &Ctx, page: PageRequest) -> Result<Page<Strategy>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.partition(Strategy::KIND));
        let query = self.work.seen_by(ctx, query).await?;
        Ok(self.table.page(&keys, query, page).await?)
    }

    /// A strategy by its id.
    pub async fn strategy(&self, ctx: &Ctx, id: StrategyId) -> Result<Strategy> {
        let not_found = || Error::not_found("strategy");
        let row = self.table.get::<Strategy>(Strategy::key_of(&Keys::new(ctx), id)).await?.ok_or_else(not_found)?;
        // Who is limited to some workspaces does not see the sites of others, nor what is in them. What belongs to a site
        // that is gone can still be looked at and removed.
        if let Some(site) = row.site_id
            && !matches!(self.accounts.visible_sites(ctx).await?, igny8_accounts::Visibility::All)
        {
            self.accounts.site(ctx, site).await.map_err(|_| not_found())?;
        }
        Ok(row)
    }

    /// Puts what a strategy says anew; for which sector and kind it is stays. `version` is that of `If-Match`.
    pub async fn put_strategy(
        &self,
        ctx: &Ctx,
        id: StrategyId,
        input: StrategyInput,
        version: Option<u64>,
    ) -> Result<Strategy> {
        let mut row = self.strategy(ctx, id).await?;
        expect_version(row.version, version)?;
        let (input, _) = self.checked_strategy(ctx, input).await?;
        if Strategy::id_of(ctx, input.sector_id, input.entity_type.as_deref()) != id {
            let field = if input.sector_id == row.strategy.sector_id { "entity_type" } else { "sector_id" };
            return Err(Error::invalid(field, "stays as it is; make another strategy for that one"));
        }
        row.strategy = input;
        row.updated_at = ctx.now();
        row.version += 1;
        let mut effects = Effects::new();
        effects.replace("strategy", &Keys::new(ctx), &row, row.version - 1)?;
        audit(ctx, &mut effects, "strategy.updated", format!("strategy:{id}"))?;
        self.table.transact("thinker.put_strategy", effects).await?;
        Ok(row)
    }

    /// Removes a strategy: the next wider one counts then.
    pub async fn delete_strategy(&self, ctx: &Ctx, id: StrategyId, version: Option<u64>) -> Result<()> {
        let row = self.strategy(ctx, id).await?;
        expect_version(row.version, version)?;
        let mut effects = Effects::new();
        effects.delete("strategy", row.key(&Keys::new(ctx)), Some(Cond::eq_n("version", row.version)));
        audit(ctx, &mut effects, "strategy.deleted", format!("strategy:{id}"))?;
        self.table.transact("thinker.delete_strategy", effects).await?;
        Ok(())
    }
}
