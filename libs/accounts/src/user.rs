//! People: they live outside of tenants, are found by their email, and keep their password in a row of its own.

use igny8_core::{Error, Result, Timestamp, UserId};
use igny8_table::{Cond, Entity, Key, Keys, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Accounts, password};

/// Whether a person may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// Yes.
    Active,
    /// No; for those who run the service to set.
    Disabled,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their email in its one form; unique in the system.
    pub email: String,
    /// True once a link that was mailed to them has been used.
    pub email_verified: bool,
    /// How they want to be called.
    pub display_name: Option<String>,
    /// Whether they may sign in.
    pub status: UserStatus,
    /// Since when they are known.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl User {
    pub(crate) const KIND: &'static str = "USER";

    pub(crate) fn key_of(id: UserId) -> Key {
        Keys::global(Self::KIND, id)
    }

    /// How to call the person in a mail.
    pub(crate) fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.email)
    }

    /// The change that marks the email as verified.
    pub(crate) fn verified(id: UserId, now: Timestamp) -> Update {
        Update::at(Self::key_of(id)).set_bool("email_verified", true).set("updated_at", now).when(Cond::Exists)
    }
}

impl Entity for User {
    const KIND: &'static str = Self::KIND;

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(self.id)
    }
}

/// Makes an email unique and finds the person by it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EmailRow {
    pub(crate) email: String,
    pub(crate) user_id: UserId,
}

impl EmailRow {
    fn key_of(email: &str) -> Key {
        Keys::global(Self::KIND, email)
    }
}

impl Entity for EmailRow {
    const KIND: &'static str = "EMAIL";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(&self.email)
    }
}

/// How a person proves who they are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Credential {
    pub(crate) user_id: UserId,
    /// Argon2id, as a PHC string.
    pub(crate) hash: String,
    /// Sessions of another generation have ended: a new password ends all of them with one write.
    pub(crate) generation: u64,
}

impl Credential {
    pub(crate) fn key_of(user: UserId) -> Key {
        Keys::global_child(User::KIND, user, Self::KIND, "-")
    }
}

impl Entity for Credential {
    const KIND: &'static str = "CREDENTIAL";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(self.user_id)
    }
}

/// The words for an unknown email, a wrong password, and whatever else must not be told apart.
pub(crate) fn wrong_password() -> Error {
    Error::unauthenticated("The email or the password is not right.")
}

impl Accounts {
    /// The person with this email (in its one form).
    pub(crate) async fn user_id_by_email(&self, email: &str) -> Result<Option<UserId>> {
        Ok(self.table.get::<EmailRow>(EmailRow::key_of(email)).await?.map(|row| row.user_id))
    }

    pub(crate) async fn user(&self, id: UserId) -> Result<User> {
        self.table.get(User::key_of(id)).await?.ok_or_else(|| Error::not_found("user"))
    }

    /// The person whose email and password these are. An unknown email has the same answer as a wrong password, and
    /// takes the same reads and the same hashing.
    pub(crate) async fn prove(&self, email: &str, password: String) -> Result<(User, Credential)> {
        let id = match crate::email(email) {
            Ok(email) => self.user_id_by_email(&email).await?,
            Err(_) => None,
        };
        let nobody = UserId::new(0, 0);
        let rows = self.table.get::<Credential>(Credential::key_of(id.unwrap_or(nobody))).await?;
        let credential = rows.filter(|_| id.is_some());
        let hash = credential.as_ref().map(|credential| credential.hash.clone());
        match (password::verify(hash, password).await?, credential) {
            (true, Some(credential)) => {
                let user = self.user(credential.user_id).await?;
                if user.status == UserStatus::Disabled {
                    return Err(Error::forbidden("This account is disabled. Write to support."));
                }
                Ok((user, credential))
            }
            _ => Err(wrong_password()),
        }
    }
}
