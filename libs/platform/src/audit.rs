//! The audit trail: who did what to which record, kept for one year.

use std::time::Duration;

use igny8_core::{Actor, Ctx, Timestamp};
use igny8_table::{Effects, Entity, Key, Keys, TableError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const KEPT: Duration = Duration::from_hours(366 * 24);

/// One deed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditEvent {
    /// Time and chance: sorts by time.
    pub id: String,
    /// What was done, object first: `site.created`.
    pub action: String,
    /// Which record: `site:01J…`.
    pub target: String,
    /// Who did it.
    #[schema(value_type = Object)]
    pub actor: Actor,
    /// The request in whose course it was done.
    pub request_id: String,
    /// When.
    pub at: Timestamp,
}

impl Entity for AuditEvent {
    const KIND: &'static str = "AUDIT";

    fn key(&self, keys: &Keys) -> Key {
        keys.row(Self::KIND, &self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.at + KEPT)
    }
}

/// Adds an entry of the audit trail to the transaction of the deed.
pub fn audit(ctx: &Ctx, effects: &mut Effects, action: &str, target: String) -> Result<(), TableError> {
    let now = ctx.now();
    let event = AuditEvent {
        id: format!("{now}#{:016x}", ctx.env.random() as u64),
        action: action.to_owned(),
        target,
        actor: ctx.actor,
        request_id: ctx.request_id.clone(),
        at: now,
    };
    effects.put("audit", &Keys::new(ctx), &event, None)
}
