//! What somebody should know before contents go public, and what is remembered of it: it warns and never blocks.

use futures::{StreamExt, TryStreamExt, stream};
use igny8_content::{Body, Content};
use igny8_core::{Ctx, Result};

use crate::Publishing;

/// Contents that are looked at at the same time.
const AT_ONCE: usize = 16;

impl Publishing {
    /// The figures and quotations without a source in the newest revisions of contents: a sentence for each that has some.
    pub(crate) async fn warnings(&self, ctx: &Ctx, contents: Vec<Content>) -> Result<Vec<String>> {
        let found = stream::iter(contents)
            .map(|content| async move {
                let body = self.contents.body(ctx, &content).await?;
                self.warning(ctx, &content, &body).await
            })
            .buffered(AT_ONCE);
        Ok(found.try_collect::<Vec<_>>().await?.into_iter().flatten().collect())
    }

    /// The same of one content, with the body that goes public.
    pub(crate) async fn warning(&self, ctx: &Ctx, content: &Content, body: &Body) -> Result<Option<String>> {
        let claims = self.contents.compare(ctx, content, body).await?;
        Ok(sentence(&body.title, claims.unsupported))
    }
}

fn sentence(title: &str, unsupported: usize) -> Option<String> {
    let what = match unsupported {
        0 => return None,
        1 => "a figure or quotation".to_owned(),
        many => format!("{many} figures or quotations"),
    };
    Some(format!("“{title}” has {what} without a source."))
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn what_has_a_source_is_no_news() {
        assert_eq!(sentence("Oil", 0), None);
        assert_eq!(sentence("Oil", 1).unwrap(), "“Oil” has a figure or quotation without a source.");
        assert_eq!(sentence("Oil", 7).unwrap(), "“Oil” has 7 figures or quotations without a source.");
    }
}
