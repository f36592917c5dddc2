//! Prompts: saved as versions, live once they do not do worse, and always a way back.

use igny8_ai::{
    Prompt,
    catalog::{self, PROMPTS, Spec},
    golden,
};
use igny8_core::{Ctx, Error, Limit, Page, PageRequest, Result, Role};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Keys, Query};

use crate::{
    Activation, CaseResult, GoldenRun, GoldenStatus, PromptDetail, PromptSummary, PromptUpdate, PromptVersion,
    PromptVersionView, Thinker, VariableView, expect_version, line,
    prompt::{PromptRow, StoredVersion},
};

/// A longer text is an object.
const IN_ROW: usize = 2_500;
/// The most versions of a prompt; their number has five digits.
const MOST: u32 = 99_999;

/// A prompt by its name.
pub(crate) fn spec(name: &str) -> Result<&'static Spec> {
    catalog::find(name).ok_or_else(|| Error::not_found("prompt"))
}

fn default_of(spec: &Spec) -> Result<Prompt> {
    spec.default_prompt().ok_or_else(|| Error::internal(format!("{} has no default prompt", spec.name)))
}

impl Thinker {
    /// Every prompt, with which version of it is live.
    pub async fn prompts(&self, ctx: &Ctx) -> Result<Page<PromptSummary>> {
        let keys = Keys::new(ctx);
        let rows =
            self.table.query_all::<PromptRow>(&keys, Query::partition(keys.partition(PromptRow::KIND)), 200).await?;
        let of = |spec: &Spec| PromptSummary::of(spec, rows.iter().find(|row| row.name == spec.name));
        Ok(Page { items: PROMPTS.iter().map(of).collect(), next_cursor: None, total: None })
    }

    /// A prompt with all that is needed to edit it.
    pub async fn prompt(&self, ctx: &Ctx, name: &str) -> Result<PromptDetail> {
        let spec = spec(name)?;
        let row = self.row(ctx, spec).await?;
        let text = match row.as_ref().and_then(|row| row.live) {
            Some(live) => self.text_of(&self.stored_version(ctx, spec, live).await?).await?,
            None => default_of(spec)?.text(),
        };
        detail(spec, row.as_ref(), text)
    }

    /// The prompt that a tenant has in place of the default, and its version.
    pub async fn live_prompt(&self, ctx: &Ctx, function: &str, kind: Option<&str>) -> Result<Option<(Prompt, u32)>> {
        let Some(spec) = catalog::of_function(function, kind) else { return Ok(None) };
        let Some(live) = self.row(ctx, spec).await?.and_then(|row| row.live) else { return Ok(None) };
        Ok(Some((self.version_prompt(ctx, spec, live).await?, live)))
    }

    pub(crate) async fn version_prompt(&self, ctx: &Ctx, spec: &Spec, number: u32) -> Result<Prompt> {
        let text = self.text_of(&self.stored_version(ctx, spec, number).await?).await?;
        Prompt::override_for(spec.function, &text).map_err(Error::internal)
    }

    /// The prompt that is live, the default where that is.
    pub(crate) async fn live_or_default(&self, ctx: &Ctx, spec: &Spec) -> Result<(Prompt, Option<u32>)> {
        match self.row(ctx, spec).await?.and_then(|row| row.live) {
            Some(live) => Ok((self.version_prompt(ctx, spec, live).await?, Some(live))),
            None => Ok((default_of(spec)?, None)),
        }
    }

    pub(crate) async fn row(&self, ctx: &Ctx, spec: &Spec) -> Result<Option<PromptRow>> {
        Ok(self.table.get::<PromptRow>(PromptRow::key_of(&Keys::new(ctx), spec.name)).await?)
    }

    async fn stored_version(&self, ctx: &Ctx, spec: &Spec, number: u32) -> Result<StoredVersion> {
        let key = StoredVersion::key_of(&Keys::new(ctx), spec.name, number);
        self.table.get::<StoredVersion>(key).await?.ok_or_else(|| Error::not_found("version of this prompt"))
    }

    async fn text_of(&self, stored: &StoredVersion) -> Result<String> {
        match (&stored.text, &stored.text_key) {
            (Some(text), _) => Ok(text.clone()),
            (None, Some(key)) => Ok(self.cloud.get_json(key).await?),
            (None, None) => Err(Error::internal("a version of a prompt has no text")),
        }
    }

    /// Saves a text as a new version, which is not live yet; `version` is that of `If-Match`.
    ///
    /// Errors: a text that cannot work (422), with the variable or the line.
    pub async fn save_prompt(
        &self,
        ctx: &Ctx,
        name: &str,
        update: PromptUpdate,
        version: Option<u64>,
    ) -> Result<PromptDetail> {
        let spec = spec(name)?;
        let note = line("note", &update.note, 0, 200)?;
        let text = update.text.replace("\r\n", "\n").trim_end().to_owned();
        spec.check(&text).map_err(|error| Error::invalid("text", error.to_string()))?;
        self.add_version(ctx, spec, text, note, version).await
    }

    /// Makes the text of an older version the newest one; nothing in between is lost.
    pub async fn restore_prompt(
        &self,
        ctx: &Ctx,
        name: &str,
        number: u32,
        version: Option<u64>,
    ) -> Result<PromptDetail> {
        let spec = spec(name)?;
        let text = self.text_of(&self.stored_version(ctx, spec, number).await?).await?;
        // What was saved long ago must still fit what the program gives and reads.
        spec.check(&text).map_err(|error| Error::invalid("text", error.to_string()))?;
        self.add_version(ctx, spec, text, format!("Restored from version {number}"), version).await
    }

    async fn add_version(
        &self,
        ctx: &Ctx,
        spec: &Spec,
        text: String,
        note: String,
        version: Option<u64>,
    ) -> Result<PromptDetail> {
        let before = self.row(ctx, spec).await?;
        expect_version(before.as_ref().map_or(0, |row| row.version), version)?;
        // The same text again, as when an answer was lost, is the same version.
        if let Some(row) = &before
            && self.text_of(&self.stored_version(ctx, spec, row.newest).await?).await? == text
        {
            return detail(spec, before.as_ref(), self.live_or_default(ctx, spec).await?.0.text());
        }
        let (keys, now) = (Keys::new(ctx), ctx.now());
        let number = before.as_ref().map_or(0, |row| row.newest) + 1;
        if number > MOST {
            return Err(Error::conflict("This prompt has as many versions as can be kept."));
        }
        let short = text.len() <= IN_ROW;
        let unique = ctx.env.random() as u64;
        let text_key = (!short).then(|| format!("prompts/{}/{}/{number:05}-{unique:016x}.json", ctx.tenant, spec.name));
        if let Some(key) = &text_key {
            self.cloud.put_json("thinker.put_prompt", key, &text).await?;
        }
        let made = PromptVersion { name: spec.name.to_owned(), number, note, created_at: now, created_by: ctx.user() };
        let stored = StoredVersion { version: made, text: short.then_some(text), text_key };
        let row = PromptRow {
            name: spec.name.to_owned(),
            live: before.as_ref().and_then(|row| row.live),
            newest: number,
            updated_at: now,
            version: before.as_ref().map_or(0, |row| row.version) + 1,
        };
        let live = self.live_or_default(ctx, spec).await?.0.text();
        let answer = detail(spec, Some(&row), live)?;
        let mut effects = Effects::new();
        effects.create("version", &keys, &stored)?;
        put_row(&mut effects, &keys, &row, before.as_ref())?;
        audit(ctx, &mut effects, "prompt.saved", format!("prompt:{}/{number}", spec.name))?;
        remember_answer(ctx, &mut effects, 200, &answer)?;
        self.table.transact("thinker.save_prompt", effects).await?;
        Ok(answer)
    }

    /// Back to the default: the versions stay, none of them is live.
    pub async fn reset_prompt(&self, ctx: &Ctx, name: &str, version: Option<u64>) -> Result<()> {
        let spec = spec(name)?;
        let before = self.row(ctx, spec).await?;
        expect_version(before.as_ref().map_or(0, |row| row.version), version)?;
        let Some(before) = before.filter(|row| row.live.is_some()) else { return Ok(()) };
        let row = PromptRow { live: None, updated_at: ctx.now(), version: before.version + 1, ..before.clone() };
        let mut effects = Effects::new();
        put_row(&mut effects, &Keys::new(ctx), &row, Some(&before))?;
        audit(ctx, &mut effects, "prompt.reset", format!("prompt:{}", spec.name))?;
        self.table.transact("thinker.reset_prompt", effects).await?;
        Ok(())
    }

    /// Pages of a prompt's versions, newest first, without their texts.
    pub async fn prompt_versions(&self, ctx: &Ctx, name: &str, page: PageRequest) -> Result<Page<PromptVersion>> {
        let spec = spec(name)?;
        let keys = Keys::new(ctx);
        let query = Query::partition(StoredVersion::partition(&keys, spec.name)).descending();
        Ok(self.table.page::<StoredVersion>(&keys, query, page).await?.map(|stored| stored.version))
    }

    /// A version with its text, and how it does on the golden set.
    pub async fn prompt_version(&self, ctx: &Ctx, name: &str, number: u32) -> Result<PromptVersionView> {
        let spec = spec(name)?;
        let stored = self.stored_version(ctx, spec, number).await?;
        let live = self.row(ctx, spec).await?.and_then(|row| row.live);
        let golden = self.golden(ctx, spec, number, live).await?;
        let text = self.text_of(&stored).await?;
        Ok(PromptVersionView { version: stored.version, text, live: live == Some(number), golden })
    }

    async fn golden(&self, ctx: &Ctx, spec: &Spec, number: u32, live: Option<u32>) -> Result<GoldenRun> {
        let keys = Keys::new(ctx);
        let query = Query::partition(CaseResult::partition(&keys, spec.name))
            .begins_with(format!("{number:05}#"))
            .limit(Limit::new(50).unwrap_or_default());
        Ok(GoldenRun::of(spec, live, self.table.query::<CaseResult>(&keys, query).await?.items))
    }

    /// Makes a version the live one, when its golden run is not worse than what is live; an admin may overrule that.
    pub async fn activate_prompt(
        &self,
        ctx: &Ctx,
        name: &str,
        number: u32,
        activation: Activation,
        version: Option<u64>,
    ) -> Result<PromptDetail> {
        let spec = spec(name)?;
        let stored = self.stored_version(ctx, spec, number).await?;
        let text = self.text_of(&stored).await?;
        spec.check(&text).map_err(|error| Error::invalid("text", error.to_string()))?;
        let before = self.row(ctx, spec).await?.ok_or_else(|| Error::not_found("prompt"))?;
        expect_version(before.version, version)?;
        if before.live == Some(number) {
            return detail(spec, Some(&before), text);
        }
        let golden = self.golden(ctx, spec, number, before.live).await?;
        let overruled = golden.status != GoldenStatus::Good;
        if overruled && !activation.overrule {
            return Err(Error::conflict(match golden.status {
                GoldenStatus::Worse => format!(
                    "Version {number} does worse than the prompt that is live: {}. Change it and check it again; an admin \
                     may use it all the same.",
                    golden.first_loss().unwrap_or_else(|| "a check fails".to_owned())
                ),
                _ => format!("Run the check of version {number} first, so that it is known not to do worse."),
            }));
        }
        if overruled && ctx.role < Role::Admin {
            return Err(Error::forbidden("Only an admin may use a version that was not found good."));
        }
        let row =
            PromptRow { live: Some(number), updated_at: ctx.now(), version: before.version + 1, ..before.clone() };
        let answer = detail(spec, Some(&row), text)?;
        let mut effects = Effects::new();
        put_row(&mut effects, &Keys::new(ctx), &row, Some(&before))?;
        let deed = if overruled { "prompt.overruled" } else { "prompt.activated" };
        audit(ctx, &mut effects, deed, format!("prompt:{}/{number}", spec.name))?;
        remember_answer(ctx, &mut effects, 200, &answer)?;
        self.table.transact("thinker.activate_prompt", effects).await?;
        Ok(answer)
    }
}

fn put_row(effects: &mut Effects, keys: &Keys, row: &PromptRow, before: Option<&PromptRow>) -> Result<()> {
    let when = before.map_or(Cond::NotExists, |before| Cond::eq_n("version", before.version));
    Ok(effects.put("prompt", keys, row, Some(when))?)
}

fn detail(spec: &Spec, row: Option<&PromptRow>, text: String) -> Result<PromptDetail> {
    let sample = (spec.sample)();
    Ok(PromptDetail {
        prompt: PromptSummary::of(spec, row),
        text,
        default_text: default_of(spec)?.text(),
        variables: spec.variables.iter().map(|variable| VariableView::of(variable, &sample)).collect(),
        answer_keys: spec.answer_keys.iter().map(|key| (*key).to_owned()).collect(),
        golden_cases: golden::cases(spec).len(),
    })
}
