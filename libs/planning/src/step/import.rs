//! `import_keywords`: one part of an uploaded file.

use async_trait::async_trait;
use igny8_core::{Credits, Ctx, Error, ImportId};
use igny8_work::{Failure, FunctionSpec, Item, Outcome, Progress, Step};
use serde::Deserialize;
use serde_json::json;

use super::IMPORT_KEYWORDS;
use crate::{
    Planning, import,
    service::{Added, Import, MOST_REPORTED, ROWS_PER_ITEM, UPLOAD, new_keyword, source_name},
};

#[derive(Debug, Deserialize)]
struct Input {
    import_id: ImportId,
    part: usize,
}

/// The worker's step. It writes as it goes: keywords are unique by name, so a rerun finds what was written.
#[derive(Debug, Clone)]
pub struct ImportStep {
    planning: Planning,
}

impl ImportStep {
    /// The step.
    pub const fn new(planning: Planning) -> Self {
        Self { planning }
    }
}

#[async_trait]
impl Step for ImportStep {
    fn spec(&self) -> FunctionSpec {
        IMPORT_KEYWORDS
    }

    async fn run(&self, ctx: &Ctx, item: &Item, _: &Progress<'_>) -> Result<Outcome, Failure> {
        let planning = &self.planning;
        let input: Input = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        let row = planning.stored_import(ctx, input.import_id).await?;
        let file = planning.cloud.get_object(&Import::object(ctx, row.id)).await?;
        let read = import::read_within(&file, UPLOAD).map_err(Error::from)?;
        let rows = read.chunk(input.part, ROWS_PER_ITEM).iter().map(new_keyword).collect();
        let added: Added =
            planning.save_keywords(ctx, row.site_id, row.sector_id, source_name(read.source), rows, true, None).await?;
        let mut result = json!({
            "source": source_name(read.source),
            "created": added.created,
            "updated": added.updated,
            "duplicates": added.duplicates,
        });
        // What concerns the file as a whole is told once.
        if input.part == 0 {
            let rejected: Vec<_> = read.rejected.iter().take(MOST_REPORTED / 5).collect();
            result["rejected"] = json!(rejected);
            result["rejected_count"] = json!(read.rejected.len());
            result["duplicates"] = json!(added.duplicates + read.duplicates.len() as u64);
            result["empty_lines"] = json!(read.empty_lines);
            result["notes"] = json!(read.notes);
        }
        Ok(Outcome { result, price: Credits::ZERO, ..Outcome::default() })
    }
}
