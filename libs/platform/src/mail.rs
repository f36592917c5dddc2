//! Mail: a row in the transaction that causes it; the table's stream and the bus bring it to the mail port.

use std::time::Duration;

use igny8_core::{Env, MailId, Timestamp};
use igny8_table::{Effects, Entity, Indexes, Key, Keys, TableError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a mail is kept: links in it are valid for less.
const KEPT: Duration = Duration::from_hours(14 * 24);

/// The event of a new mail.
const REQUESTED: &str = "mail.requested";

/// Why a mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// Someone is invited into a tenant.
    Invitation,
    /// Someone forgot the password.
    PasswordReset,
}

/// How far a mail has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailStatus {
    /// It waits for the mail port.
    Requested,
    /// The mail port has it.
    Sent,
}

/// A mail to one person. It lives outside of tenants: a password reset belongs to a person, not to a tenant.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// Why it is sent.
    pub mail: MailKind,
    /// To whom.
    pub to: String,
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// How far it has come.
    pub status: MailStatus,
    /// When it was requested.
    pub created_at: Timestamp,
    /// The event that its row is on the bus: `mail.requested`.
    pub event: String,
}

impl Mail {
    /// Where a mail lives.
    pub fn key_of(id: MailId) -> Key {
        Keys::global(Self::KIND, id)
    }

    /// The mails of a day (`2026-11-22`), in `GSI1`.
    pub fn by_day(date: &str) -> String {
        format!("MAIL_DAY#{date}")
    }
}

impl Entity for Mail {
    const KIND: &'static str = "MAIL";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(self.id)
    }

    fn indexes(&self, _: &Keys) -> Indexes {
        Indexes { gsi1: Some((Self::by_day(&self.created_at.date()), self.id.to_string())), gsi2: None }
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.created_at + KEPT)
    }
}

/// Adds a mail to the transaction that causes it.
pub fn send_mail(
    env: &Env,
    effects: &mut Effects,
    mail: MailKind,
    to: &str,
    subject: String,
    text: String,
) -> Result<MailId, TableError> {
    let now = env.now();
    let id = MailId::new(now.millis(), env.random());
    let mail = Mail {
        id,
        mail,
        to: to.to_owned(),
        subject,
        text,
        status: MailStatus::Requested,
        created_at: now,
        event: REQUESTED.to_owned(),
    };
    effects.create("mail", &Keys::outside(), &mail)?;
    Ok(id)
}
