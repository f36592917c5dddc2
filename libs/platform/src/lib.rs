//! What every context leans on: the audit trail, mail to be sent, answers to repeated requests, and settings.
//!
//! Each is a row that joins the transaction of the deed it belongs to, so there is never the one without the other.

mod audit;
mod idempotency;
mod mail;
pub mod settings;

pub use audit::{AuditEvent, audit};
pub use idempotency::{
    Answer, IdempotencyRow, KEPT as IDEMPOTENCY_KEPT, begin_once, done_once, remember_answer, remember_job,
};
pub use mail::{Mail, MailKind, MailStatus, send_mail};
pub use settings::{Settings, SettingsCache, SettingsRow};
