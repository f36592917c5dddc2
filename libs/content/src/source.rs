//! Sources: texts that a writer is given, with which the figures and quotations of a content are compared.

use igny8_core::{Ctx, Error, Page, PageRequest, Result, SiteId, SourceId, TenantId, Timestamp, UserId};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Contents;

/// The longest text of a source, in characters: what a model reads beside its task, and a person checks.
const LONGEST_TEXT: usize = 100_000;
/// The longest title and address.
const LONGEST_TITLE: usize = 200;
const LONGEST_URL: usize = 2_000;

/// A source of a site, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// The site.
    pub site_id: SiteId,
    /// What it is called.
    pub title: String,
    /// Where it can be read; a link to it in an article leads there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
    /// How many characters its text has.
    pub chars: u64,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Who gave it, where a person did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_by: Option<UserId>,
    /// Grows with every change; `If-Match` takes it.
    pub version: u64,
}

/// A source as it is stored: where its text lies is nobody's business outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredSource {
    #[serde(flatten)]
    pub source: Source,
    pub text_key: String,
}

impl StoredSource {
    pub fn key_of(keys: &Keys, id: SourceId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }

    fn text_key(tenant: TenantId, id: SourceId, unique: u128) -> String {
        format!("content/{tenant}/source/{id}-{unique:032x}.json")
    }
}

impl Entity for StoredSource {
    const KIND: &'static str = "SOURCE";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.source.id)
    }
}

/// A source with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceView {
    /// The source.
    #[serde(flatten)]
    pub source: Source,
    /// Its text, plain.
    pub text: String,
}

/// A source to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceCreate {
    /// The site.
    pub site_id: SiteId,
    /// What it is called, 1 to 200 characters.
    pub title: String,
    /// Where it can be read: an address that begins with https:// or http://.
    #[serde(default)]
    pub url: Option<String>,
    /// Its text, plain, 1 to 100,000 characters.
    pub text: String,
}

/// A change of a source; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceUpdate {
    /// What it is called.
    #[serde(default)]
    pub title: Option<String>,
    /// Where it can be read; empty for nowhere.
    #[serde(default)]
    pub url: Option<String>,
    /// Its text.
    #[serde(default)]
    pub text: Option<String>,
}

impl Contents {
    /// Keeps a source.
    pub async fn create_source(&self, ctx: &Ctx, new: SourceCreate) -> Result<SourceView> {
        self.accounts.site(ctx, new.site_id).await?;
        let (title, url, text) = (title(&new.title)?, url(new.url.as_deref())?, text(new.text)?);
        let (millis, random) = ctx.seed();
        let id = SourceId::new(new.site_id, millis, random);
        let source = Source {
            id,
            site_id: new.site_id,
            title,
            url,
            chars: text.chars().count() as u64,
            created_at: ctx.now(),
            updated_at: ctx.now(),
            created_by: ctx.user(),
            version: 1,
        };
        let text_key = StoredSource::text_key(ctx.tenant, id, ctx.env.random());
        self.cloud.put_json("content.put_source", &text_key, &text).await?;
        let mut effects = Effects::new();
        effects.create("source", &Keys::new(ctx), &StoredSource { source: source.clone(), text_key })?;
        audit(ctx, &mut effects, "source.created", format!("source:{id}"))?;
        let view = SourceView { source, text };
        remember_answer(ctx, &mut effects, 201, &view)?;
        self.table.transact("content.create_source", effects).await?;
        Ok(view)
    }

    /// Pages of a site's sources, newest first, without their texts.
    pub async fn sources(&self, ctx: &Ctx, site: SiteId, page: PageRequest) -> Result<Page<Source>> {
        self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.site_partition(site, StoredSource::KIND)).descending();
        Ok(self.table.page::<StoredSource>(&keys, query, page).await?.map(|stored| stored.source))
    }

    /// A source with its text.
    pub async fn source(&self, ctx: &Ctx, id: SourceId) -> Result<SourceView> {
        let stored = self.stored_source(ctx, id).await?;
        let text = self.cloud.get_json(&stored.text_key).await?;
        Ok(SourceView { source: stored.source, text })
    }

    async fn stored_source(&self, ctx: &Ctx, id: SourceId) -> Result<StoredSource> {
        let key = StoredSource::key_of(&Keys::new(ctx), id);
        let stored = self.table.get::<StoredSource>(key).await?.ok_or_else(|| Error::not_found("source"))?;
        // Who is limited to some workspaces does not see the sites of others, nor what is in them.
        self.accounts.site(ctx, stored.source.site_id).await.map_err(|_| Error::not_found("source"))?;
        Ok(stored)
    }

    /// Sources of one site by their ids, in this order, with their texts, without those that are gone.
    pub(crate) async fn sources_by_id(&self, ctx: &Ctx, ids: &[SourceId]) -> Result<Vec<SourceView>> {
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| StoredSource::key_of(&keys, *id)).collect();
        let mut found = Vec::new();
        for stored in self.table.get_many::<StoredSource>(&wanted).await?.into_iter().flatten() {
            let text = self.cloud.get_json(&stored.text_key).await?;
            found.push(SourceView { source: stored.source, text });
        }
        Ok(found)
    }

    /// Whether one of these sources is not there.
    pub(crate) async fn lacks_source(&self, ctx: &Ctx, ids: &[SourceId]) -> Result<bool> {
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| StoredSource::key_of(&keys, *id)).collect();
        Ok(self.table.get_many::<StoredSource>(&wanted).await?.iter().any(Option::is_none))
    }

    /// Changes a source; `version` is that of `If-Match`.
    pub async fn update_source(
        &self,
        ctx: &Ctx,
        id: SourceId,
        change: SourceUpdate,
        version: Option<u64>,
    ) -> Result<SourceView> {
        let mut stored = self.stored_source(ctx, id).await?;
        let before = stored.source.version;
        igny8_planning::expect_version(before, version)?;
        if let Some(new) = &change.title {
            stored.source.title = title(new)?;
        }
        if let Some(new) = &change.url {
            stored.source.url = url(Some(new.as_str()))?;
        }
        let text = match change.text {
            Some(new) => {
                let new = text(new)?;
                stored.source.chars = new.chars().count() as u64;
                stored.text_key = StoredSource::text_key(ctx.tenant, id, ctx.env.random());
                self.cloud.put_json("content.put_source", &stored.text_key, &new).await?;
                new
            }
            None => self.cloud.get_json(&stored.text_key).await?,
        };
        stored.source.updated_at = ctx.now();
        stored.source.version += 1;
        let mut effects = Effects::new();
        effects.put("source", &Keys::new(ctx), &stored, Some(Cond::eq_n("version", before)))?;
        audit(ctx, &mut effects, "source.updated", format!("source:{id}"))?;
        self.table.transact("content.update_source", effects).await?;
        Ok(SourceView { source: stored.source, text })
    }

    /// Removes a source. What was written with it stays; its claims have no source then.
    pub async fn delete_source(&self, ctx: &Ctx, id: SourceId) -> Result<()> {
        self.stored_source(ctx, id).await?;
        let mut effects = Effects::new();
        effects.delete("source", StoredSource::key_of(&Keys::new(ctx), id), None);
        audit(ctx, &mut effects, "source.deleted", format!("source:{id}"))?;
        self.table.transact("content.delete_source", effects).await?;
        Ok(())
    }
}

fn title(title: &str) -> Result<String> {
    let tidy = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if tidy.is_empty() || tidy.chars().count() > LONGEST_TITLE {
        return Err(Error::invalid("title", "must have 1 to 200 characters"));
    }
    Ok(tidy)
}

fn url(url: Option<&str>) -> Result<Option<String>> {
    let Some(url) = url.map(str::trim).filter(|url| !url.is_empty()) else { return Ok(None) };
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_good = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if !is_good || url.len() > LONGEST_URL || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(Error::invalid("url", "must be an address that begins with https:// or http://"));
    }
    Ok(Some(url.to_owned()))
}

fn text(text: String) -> Result<String> {
    let length = text.trim().chars().count();
    if length == 0 || length > LONGEST_TEXT {
        return Err(Error::invalid("text", "must have 1 to 100,000 characters; split a longer source"));
    }
    Ok(text)
}
