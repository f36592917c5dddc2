//! What the planner's gate compares ideas with: tasks and contents of a site.

use async_trait::async_trait;
use igny8_core::{Ctx, Limit, Result, SiteId};
use igny8_planning::{Existing, MOST_RIVALS, Rival, RivalKind, Rivals};
use igny8_table::{Entity, Keys, Query};

use crate::{Content, ContentStatus, Contents, Task};

#[async_trait]
impl Rivals for Contents {
    async fn rivals(&self, ctx: &Ctx, site: SiteId) -> Result<Vec<Existing>> {
        let tasks = self.newest::<Task>(ctx, site).await?.into_iter().filter(|task| task.content_id.is_none());
        let mut rivals: Vec<Existing> = tasks
            .map(|task| Existing {
                rival: Rival { kind: RivalKind::Task, id: task.id.to_string(), title: task.title },
                made: None,
                idea: task.idea_id,
                primary_keyword: task.keywords.into_iter().next(),
            })
            .collect();
        rivals.extend(self.newest::<Content>(ctx, site).await?.into_iter().map(|content| {
            let is_public = content.status == ContentStatus::Published;
            let kind = if is_public { RivalKind::Page } else { RivalKind::Draft };
            Existing {
                rival: Rival { kind, id: content.id.to_string(), title: content.title },
                made: None,
                idea: content.idea_id,
                primary_keyword: content.primary_keyword,
            }
        }));
        Ok(rivals)
    }
}

impl Contents {
    /// The newest rows of a kind, [`MOST_RIVALS`] or a few more.
    async fn newest<E: Entity>(&self, ctx: &Ctx, site: SiteId) -> Result<Vec<E>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.site_partition(site, E::KIND))
            .descending()
            .limit(Limit::new(Limit::MAX).unwrap_or_default());
        let (mut rows, mut cursor) = (Vec::new(), None);
        while rows.len() < MOST_RIVALS {
            let page = self.table.query::<E>(&keys, query.clone().cursor(cursor)).await?;
            rows.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(rows)
    }
}
