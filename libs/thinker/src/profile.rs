//! Author profiles: in whose voice content is written, and whose name stands under it.

use std::collections::BTreeSet;

use igny8_ai::shapes::Author;
use igny8_core::{AuthorProfileId, Ctx, Error, Page, PageRequest, Result, Timestamp, UserId, slugify};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Thinker, expect_version, line, within};

/// How many of an author's old addresses are remembered.
const MOST_FORMER: usize = 10;

/// An author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuthorProfile {
    /// Its id.
    pub id: AuthorProfileId,
    /// What is known of them.
    #[serde(flatten)]
    pub profile: AuthorProfileInput,
    /// The slugs of the names that they had before, newest first, at most 10: the addresses of their old pages lead to
    /// the new one. The numbered address of a younger namesake is not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_slugs: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Who made it, where a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
    /// Grows with every change; `If-Match` takes it.
    pub version: u64,
}

/// What is known of an author.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorProfileInput {
    /// The name, as readers see it; 1 to 100 characters.
    pub name: String,
    /// Who that is and how they see things, for the model; at most 600 characters.
    #[serde(default)]
    pub persona: String,
    /// How they write; at most 200 characters.
    #[serde(default)]
    pub tone: String,
    /// BCP 47 tag of the language that they write in, as `en`; the site's where it is empty.
    #[serde(default)]
    pub language: String,
    /// Their work; at most 100 characters.
    #[serde(default)]
    pub job_title: String,
    /// For readers; at most 600 characters.
    #[serde(default)]
    pub bio: String,
    /// What shows that they know the subject, one each; at most 10 of 150 characters.
    #[serde(default)]
    pub credentials: Vec<String>,
    /// Their pages elsewhere (https); at most 10.
    #[serde(default)]
    pub same_as: Vec<String>,
}

impl AuthorProfileInput {
    fn checked(self) -> Result<Self> {
        let lines = |field: &str, list: Vec<String>, most: usize| -> Result<Vec<String>> {
            if list.len() > 10 {
                return Err(Error::invalid(field, "has at most 10"));
            }
            list.iter().enumerate().map(|(n, text)| line(&format!("{field}[{n}]"), text, 1, most)).collect()
        };
        let language = line("language", &self.language, 0, 35)?;
        if !language.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(Error::invalid("language", "must be a language tag, as en or pt-BR"));
        }
        let same_as = lines("same_as", self.same_as, 200)?;
        if let Some(n) =
            same_as.iter().position(|url| !url.starts_with("https://") || url.contains(char::is_whitespace))
        {
            return Err(Error::invalid(format!("same_as[{n}]"), "must be an address that begins with https://"));
        }
        Ok(Self {
            name: line("name", &self.name, 1, 100)?,
            persona: within("persona", &self.persona, 0, 600)?,
            tone: line("tone", &self.tone, 0, 200)?,
            language,
            job_title: line("job_title", &self.job_title, 0, 100)?,
            bio: within("bio", &self.bio, 0, 600)?,
            credentials: lines("credentials", self.credentials, 150)?,
            same_as,
        })
    }
}

impl AuthorProfile {
    fn key_of(keys: &Keys, id: AuthorProfileId) -> Key {
        keys.row(Self::KIND, id)
    }

    /// As prompts see it.
    pub fn for_prompts(&self) -> Author {
        let AuthorProfileInput { name, persona, tone, .. } = &self.profile;
        Author { name: name.clone(), persona: persona.clone(), tone: tone.clone() }
    }
}

impl Entity for AuthorProfile {
    const KIND: &'static str = "AUTHOR_PROFILE";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}

impl Thinker {
    /// Makes a profile.
    pub async fn create_profile(&self, ctx: &Ctx, input: AuthorProfileInput) -> Result<AuthorProfile> {
        let (millis, random) = ctx.seed();
        let profile = AuthorProfile {
            id: AuthorProfileId::new(millis, random),
            profile: input.checked()?,
            former_slugs: Vec::new(),
            created_at: ctx.now(),
            updated_at: ctx.now(),
            created_by: ctx.user(),
            version: 1,
        };
        let mut effects = Effects::new();
        effects.create("author profile", &Keys::new(ctx), &profile)?;
        audit(ctx, &mut effects, "author_profile.created", format!("author_profile:{}", profile.id))?;
        remember_answer(ctx, &mut effects, 201, &profile)?;
        self.table.transact("thinker.create_profile", effects).await?;
        Ok(profile)
    }

    /// Pages of profiles, newest first.
    pub async fn profiles(&self, ctx: &Ctx, page: PageRequest) -> Result<Page<AuthorProfile>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.partition(AuthorProfile::KIND)).descending();
        Ok(self.table.page(&keys, query, page).await?)
    }

    /// A profile by its id.
    pub async fn profile(&self, ctx: &Ctx, id: AuthorProfileId) -> Result<AuthorProfile> {
        self.find_profile(ctx, id).await?.ok_or_else(|| Error::not_found("author profile"))
    }

    /// A profile by its id, or none where it was deleted.
    pub async fn find_profile(&self, ctx: &Ctx, id: AuthorProfileId) -> Result<Option<AuthorProfile>> {
        Ok(self.table.get::<AuthorProfile>(AuthorProfile::key_of(&Keys::new(ctx), id)).await?)
    }

    /// Profiles by their ids, those that are there.
    pub async fn find_profiles(&self, ctx: &Ctx, ids: &BTreeSet<AuthorProfileId>) -> Result<Vec<AuthorProfile>> {
        let keys = Keys::new(ctx);
        let wanted: Vec<Key> = ids.iter().map(|id| AuthorProfile::key_of(&keys, *id)).collect();
        Ok(self.table.get_many::<AuthorProfile>(&wanted).await?.into_iter().flatten().collect())
    }

    /// Puts what is known of an author anew; `version` is that of `If-Match`.
    pub async fn put_profile(
        &self,
        ctx: &Ctx,
        id: AuthorProfileId,
        input: AuthorProfileInput,
        version: Option<u64>,
    ) -> Result<AuthorProfile> {
        let mut profile = self.profile(ctx, id).await?;
        expect_version(profile.version, version)?;
        let former = slugify(&profile.profile.name);
        profile.profile = input.checked()?;
        if former != slugify(&profile.profile.name) && !self.is_younger_namesake(ctx, id, &former).await? {
            profile.former_slugs.insert(0, former);
        }
        let (now, mut seen) = (slugify(&profile.profile.name), BTreeSet::new());
        profile.former_slugs.retain(|slug| *slug != now && seen.insert(slug.clone()));
        profile.former_slugs.truncate(MOST_FORMER);
        profile.updated_at = ctx.now();
        profile.version += 1;
        let mut effects = Effects::new();
        effects.replace("author profile", &Keys::new(ctx), &profile, profile.version - 1)?;
        audit(ctx, &mut effects, "author_profile.updated", format!("author_profile:{id}"))?;
        self.table.transact("thinker.put_profile", effects).await?;
        Ok(profile)
    }

    /// Whether an older profile has this slug, and with it the plain address.
    async fn is_younger_namesake(&self, ctx: &Ctx, id: AuthorProfileId, slug: &str) -> Result<bool> {
        let mut page = PageRequest::default();
        loop {
            let older = self.profiles(ctx, page).await?;
            if older.items.iter().any(|other| other.id < id && slugify(&other.profile.name) == slug) {
                return Ok(true);
            }
            match older.next_cursor {
                Some(cursor) => page = PageRequest { cursor: Some(cursor), ..PageRequest::default() },
                None => return Ok(false),
            }
        }
    }

    /// Removes a profile. Tasks and strategies that name it go on without an author; what was written stays.
    pub async fn delete_profile(&self, ctx: &Ctx, id: AuthorProfileId, version: Option<u64>) -> Result<()> {
        let profile = self.profile(ctx, id).await?;
        expect_version(profile.version, version)?;
        let mut effects = Effects::new();
        let unchanged = Cond::eq_n("version", profile.version);
        effects.delete("author profile", profile.key(&Keys::new(ctx)), Some(unchanged));
        audit(ctx, &mut effects, "author_profile.deleted", format!("author_profile:{id}"))?;
        self.table.transact("thinker.delete_profile", effects).await?;
        Ok(())
    }
}
