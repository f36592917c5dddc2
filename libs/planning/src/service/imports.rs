//! Imports: a keyword file at once, or an upload that a job reads.

use std::time::Duration;

use igny8_core::{Credits, Ctx, Error, ImportId, Result, SectorId, SiteId, Timestamp, UserId};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Update};
use igny8_work::{Job, JobCreate, JobStatus, NewItem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Added, Planning, add_keywords::NewKeyword};
use crate::{
    import::{self, Limits, Rejected, Row},
    step::IMPORT_KEYWORDS,
};

/// The most of a file that is read while the client waits.
const INLINE: Limits = Limits { bytes: 1 << 20, lines: 2_000 };
/// The most of an upload.
pub(crate) const UPLOAD: Limits = Limits { bytes: 16 << 20, lines: 50_000 };
/// How long an upload address is valid.
const VALID: Duration = Duration::from_hours(1);
/// Rows per item of an import job.
pub(crate) const ROWS_PER_ITEM: usize = 900;
/// Reported lines per answer; the rest is counted.
pub(crate) const MOST_REPORTED: usize = 500;

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportSummary {
    /// The tool that wrote the file, as it was recognised.
    pub source: String,
    /// How many keywords are new.
    pub created: u64,
    /// How many known ones got newer numbers.
    pub updated: u64,
    /// How many stood there already, in the site or further up in the file.
    pub duplicates: u64,
    /// The lines that were not taken, and why; the first 500.
    pub rejected: Vec<Rejected>,
    /// How many lines were not taken in all.
    pub rejected_count: u64,
    /// How many empty lines were skipped.
    pub empty_lines: u32,
    /// What else you should know.
    pub notes: Vec<String>,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// The file may be uploaded.
    Waiting,
    /// A job reads it.
    Running,
    /// All of it is read.
    Done,
    /// Some parts are read and some failed; retry the job.
    Partial,
    /// No part could be read; retry the job.
    Failed,
    /// The job was cancelled before it ended.
    Cancelled,
}

impl From<JobStatus> for ImportStatus {
    fn from(job: JobStatus) -> Self {
        match job {
            JobStatus::Preparing | JobStatus::Queued | JobStatus::Running => Self::Running,
            JobStatus::Succeeded => Self::Done,
            JobStatus::Partial => Self::Partial,
            JobStatus::Failed => Self::Failed,
            JobStatus::Cancelled => Self::Cancelled,
        }
    }
}

/// An import of an uploaded file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The site.
    pub site_id: SiteId,
    /// The sector of the site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sector_id: Option<SectorId>,
    /// How far it has come.
    // Stored are only `waiting` and `running`; how it ended, its job knows.
    pub status: ImportStatus,
    /// The job that reads it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub job_id: Option<igny8_core::JobId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_by: Option<UserId>,
}

impl Import {
    fn key_of(keys: &Keys, id: ImportId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }

    /// Where the file lies in the bucket.
    pub(crate) fn object(ctx: &Ctx, id: ImportId) -> String {
        format!("uploads/{}/{id}", ctx.tenant)
    }
}

impl Entity for Import {
    const KIND: &'static str = "IMPORT";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.created_at + Duration::from_hours(30 * 24))
    }
}

/// Where to upload a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportStarted {
    /// PUT the file here within an hour.
    pub url: String,
    /// Then POST /api/planner/keywords/imports/{import_id}/run.
    pub import_id: ImportId,
}

impl Planning {
    /// Reads a keyword file while the client waits: at most 1 MB and 2,000 lines.
    ///
    /// Errors: a file that cannot be read (400, 422), one that is too large (413, naming the other way).
    pub async fn import_keywords(
        &self,
        ctx: &Ctx,
        site: SiteId,
        sector: Option<SectorId>,
        file: &[u8],
    ) -> Result<ImportSummary> {
        self.place(ctx, site, sector).await?;
        let read = import::read_within(file, INLINE).map_err(|error| {
            let error = Error::from(error);
            if error.kind() == igny8_core::ErrorKind::TooLarge {
                return Error::new(
                    error.kind(),
                    "A file of more than 1 MB or 2,000 lines is imported in the background: \
                     POST /api/planner/keywords/import-url, PUT the file to the url of the answer, then \
                     POST /api/planner/keywords/imports/{import_id}/run.",
                );
            }
            error
        })?;
        let rows = read.rows.iter().map(new_keyword).collect();
        let added = self.save_keywords(ctx, site, sector, source_name(read.source), rows, true, None).await?;
        Ok(summary(&read, added))
    }

    /// An address to upload a large file to.
    pub async fn import_url(&self, ctx: &Ctx, site: SiteId, sector: Option<SectorId>) -> Result<ImportStarted> {
        self.place(ctx, site, sector).await?;
        let (millis, random) = ctx.seed();
        let row = Import {
            id: ImportId::new(site, millis, random),
            site_id: site,
            sector_id: sector,
            status: ImportStatus::Waiting,
            job_id: None,
            created_at: ctx.now(),
            created_by: ctx.user(),
        };
        let url = self.cloud.presign_put(&Import::object(ctx, row.id), VALID).await?;
        let started = ImportStarted { url, import_id: row.id };
        let mut effects = Effects::new();
        effects.create("import", &Keys::new(ctx), &row)?;
        audit(ctx, &mut effects, "import.created", format!("import:{}", row.id))?;
        remember_answer(ctx, &mut effects, 201, &started)?;
        self.table.transact("planning.import_url", effects).await?;
        Ok(started)
    }

    /// An import by its id, as far as its job has come.
    pub async fn import(&self, ctx: &Ctx, id: ImportId) -> Result<Import> {
        let mut row = self.stored_import(ctx, id).await?;
        if let Some(job) = row.job_id {
            row.status = self.work.status(ctx, job).await?.into();
        }
        Ok(row)
    }

    /// The row of an import.
    pub(crate) async fn stored_import(&self, ctx: &Ctx, id: ImportId) -> Result<Import> {
        let key = Import::key_of(&Keys::new(ctx), id);
        let row = self.table.get::<Import>(key).await?.ok_or_else(|| Error::not_found("import"))?;
        // Who is limited to some workspaces does not see the sites of others, nor what is in them.
        self.accounts.site(ctx, row.site_id).await.map_err(|_| Error::not_found("import"))?;
        Ok(row)
    }

    /// Starts the job that reads an uploaded file: free, in parts of 900 rows.
    ///
    /// Errors: nothing uploaded yet, or already running (409); a file that cannot be read (400, 422).
    pub async fn run_import(&self, ctx: &Ctx, id: ImportId) -> Result<Job> {
        let row = self.stored_import(ctx, id).await?;
        self.accounts.site(ctx, row.site_id).await?;
        if row.status == ImportStatus::Running {
            return Err(Error::conflict("This import has been started already; see its job."));
        }
        let object = Import::object(ctx, id);
        let size = match self.cloud.object_size(&object).await {
            Ok(size) => size,
            Err(igny8_cloud::CloudError::NotFound) => {
                return Err(Error::conflict(
                    "Nothing has been uploaded yet. PUT the file to the url of the import first.",
                ));
            }
            Err(error) => return Err(error.into()),
        };
        if size > UPLOAD.bytes as u64 {
            let error = import::ImportError::TooLarge { most: UPLOAD.bytes };
            return Err(error.into());
        }
        let file = self.cloud.get_object(&object).await?;
        let read = import::read_within(&file, UPLOAD)?;
        let parts = read.chunks(ROWS_PER_ITEM).max(1);
        let items = (0..parts)
            .map(|part| NewItem {
                title: format!("Part {} of {parts}", part + 1),
                input: json!({ "import_id": id, "part": part }),
                price: Credits::ZERO,
            })
            .collect();
        let mut effects = Effects::new();
        let create = JobCreate::new(ctx, IMPORT_KEYWORDS, row.site_id, items);
        effects.update(
            "import",
            Update::at(Import::key_of(&Keys::new(ctx), id))
                .set("status", "running")
                .set("job_id", create.id)
                .when(Cond::eq("status", "waiting")),
        );
        self.work.create(ctx, create.with(effects)).await
    }
}

pub(crate) fn new_keyword(row: &Row) -> NewKeyword {
    NewKeyword {
        keyword: row.keyword.clone(),
        volume: row.volume,
        difficulty: row.difficulty,
        cpc_cents: row.cpc_cents,
        intent: row.intent,
        locale: row.locale().or_else(|| row.country.clone()),
        parent_topic: row.parent_topic.clone(),
    }
}

pub(crate) fn source_name(source: import::Source) -> &'static str {
    source.as_str()
}

pub(crate) fn summary(read: &import::Import, added: Added) -> ImportSummary {
    ImportSummary {
        source: source_name(read.source).to_owned(),
        created: added.created,
        updated: added.updated,
        duplicates: added.duplicates + read.duplicates.len() as u64,
        rejected: read.rejected.iter().take(MOST_REPORTED).cloned().collect(),
        rejected_count: read.rejected.len() as u64,
        empty_lines: read.empty_lines,
        notes: read.notes.clone(),
    }
}
