//! What a client says: that it is still there, and since when it has heard nothing.

use std::time::Duration;

use igny8_billing::BalanceView;
use igny8_core::{Ctx, Env, Error, ErrorKind, Limit, Result, Timestamp};

use crate::{Live, LiveMessage, message::Heard};

/// At most so many jobs and so many notices are told again.
const MOST: usize = 50;
/// Clocks differ, and what changed first is not always told first: so much earlier than `since` is told again.
const OVERLAP: Duration = Duration::from_secs(30);
/// Who has heard nothing for longer loads everything anew.
const LONGEST: Duration = Duration::from_hours(24);
/// Jobs that were started earlier than that before `since` are not looked through.
const OLDEST: Duration = Duration::from_hours(7 * 24);

impl Live {
    /// Answers what a connection says: `{"type": "ping"}` with a pong, `{"since": …}` with what it has missed.
    ///
    /// Errors: what is neither (400); a connection that we do not know or whose actor may not listen any more
    /// (403), which ends it.
    pub async fn hear(&self, env: &Env, connection: &str, body: &str) -> Result<()> {
        let heard: Heard = serde_json::from_str(body)
            .map_err(|error| Error::new(ErrorKind::Unreadable, "Send a ping, or since.").with_source(error))?;
        let refused = || Error::forbidden("This connection is not open (any more). Open another one.");
        let connection = self.connection(env, connection).await?.ok_or_else(refused)?;
        let Some(ctx) = self.listener(env, &connection).await? else {
            self.turn_away(env, &connection).await?;
            return Err(refused());
        };
        let mut messages = Vec::new();
        if let Some(since) = heard.since {
            messages = self.missed(&ctx, since).await?;
        }
        if heard.kind.as_deref() == Some("ping") {
            messages.push(LiveMessage::Pong { at: ctx.now() });
        }
        self.deliver(env, &connection, &messages).await;
        Ok(())
    }

    /// What has changed since then, as it is now: jobs, the balance, notices; each from the oldest on.
    async fn missed(&self, ctx: &Ctx, since: Timestamp) -> Result<Vec<LiveMessage>> {
        let now = ctx.now();
        let reload = || Ok(vec![LiveMessage::Reload { at: now }]);
        if now.since(since) > LONGEST {
            return reload();
        }
        let changed = since.before(OVERLAP);
        let most = Limit::new(MOST).unwrap_or_default();
        let Some(mut jobs) = self.work.changed_since(ctx, since.before(OLDEST), changed, most).await? else {
            return reload();
        };
        let Some(notices) = self.notices_since(ctx, changed, most).await? else { return reload() };
        jobs.sort_by_key(|job| job.updated_at);
        let balance = BalanceView::from(&self.work.billing().balance(ctx).await?);
        let mut messages: Vec<_> = jobs.into_iter().map(|job| LiveMessage::Job { at: job.updated_at, job }).collect();
        messages.push(LiveMessage::Balance { at: now, balance });
        messages.extend(notices.into_iter().map(|notice| LiveMessage::Notice { at: notice.at, notice }));
        Ok(messages)
    }
}
