//! Mail: what was requested goes to the mail port.
//!
//! The only port so far is the outbox: the mail stays in the table, is marked as sent, and the local cloud shows it at
//! `/local/outbox`. Sending through SES comes with the verified domain of a deployment.

use igny8_core::{Env, MailId, Result, Timestamp};
use igny8_lambda::{BusEvent, FunctionSpec, Handler};
use igny8_platform::{Mail, MailStatus};
use igny8_table::{Cond, Effects, Table, Update};
use serde::{Deserialize, Serialize};

/// Takes `mail.requested` from the bus.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-mail",
    needs: &["TABLE_NAME"],
    build: |app| {
        let (table, env) = (app.table.clone(), app.env.clone());
        Ok(Handler::event(move |event, _| {
            let (table, env) = (table.clone(), env.clone());
            async move { send(&table, &env, &event).await }
        }))
    },
};

#[derive(Debug, Serialize, Deserialize)]
struct Detail {
    id: MailId,
}

async fn send(table: &Table, env: &Env, event: &BusEvent) -> Result<()> {
    let detail: Detail = event.json()?;
    let Some(mail) = table.get::<Mail>(Mail::key_of(detail.id)).await? else { return Ok(()) };
    if mail.status == MailStatus::Sent {
        return Ok(());
    }
    let now: Timestamp = env.now();
    let mut effects = Effects::new();
    effects.update(
        "mail",
        Update::at(Mail::key_of(mail.id))
            .set("status", "sent")
            .set("sent_at", now)
            .when(Cond::eq("status", "requested")),
    );
    match table.transact("system.mail_sent", effects).await {
        // It came twice; once is enough.
        Err(error) if error.failed("mail") => Ok(()),
        other => Ok(other?),
    }
}
