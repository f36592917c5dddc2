//! A forgotten password: a mailed link, good for one use within an hour.

use std::time::Duration;

use igny8_core::{Error, Result, Role, Timestamp, UserId};
use igny8_platform::{MailKind, audit, send_mail};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Accounts, User, UserStatus, Visitor,
    input::{self, Check},
    password, secret,
    user::Credential,
};

/// How long the link is good for.
const LIFE: Duration = Duration::from_hours(1);
/// So often at most a person gets such a mail, however often someone asks.
const PAUSE: Duration = Duration::from_mins(1);

/// The one open reset of a person; a newer request replaces it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Reset {
    user_id: UserId,
    token_hash: String,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl Reset {
    fn key_of(user: UserId) -> Key {
        Keys::global_child(User::KIND, user, Self::KIND, "-")
    }
}

impl Entity for Reset {
    const KIND: &'static str = "RESET";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(self.user_id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Who has forgotten the password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetInput {
    /// The email.
    #[schema(format = "email", example = "ana@example.com")]
    pub email: String,
}

/// The new password, and the token of the link.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetConfirmInput {
    /// The token of the link.
    pub token: String,
    /// At least 10 characters, and not the email.
    #[schema(format = "password", min_length = 10, max_length = 1024)]
    pub password: String,
}

fn not_valid() -> Error {
    Error::invalid("token", "is not valid any more; ask for a new link")
}

impl Accounts {
    /// Mails a link to reset the password, if there is someone with this email. The answer is the same if not.
    pub async fn request_reset(&self, visitor: &Visitor, input: ResetInput) -> Result<()> {
        let Ok(email) = crate::email(&input.email) else { return Ok(()) };
        let Some(id) = self.user_id_by_email(&email).await? else { return Ok(()) };
        let now = visitor.env.now();
        let open = self.table.get::<Reset>(Reset::key_of(id)).await?;
        if open.is_some_and(|open| now.since(open.created_at) < PAUSE) {
            return Ok(());
        }
        let user = self.user(id).await?;
        if user.status == UserStatus::Disabled {
            return Ok(());
        }
        let token = format!("{id}.{}", visitor.env.secret());
        let reset = Reset { user_id: id, token_hash: secret::hash(&token), created_at: now, expires_at: now + LIFE };
        let link = self.link(&format!("reset-password#token={token}"))?;
        let mut effects = Effects::new();
        effects.put("reset", &Keys::outside(), &reset, None)?;
        let text = format!(
            "Hello {},\n\nsomeone (probably you) has asked for a new password for IGNY8. To set one, open this link \
             within one hour:\n\n{link}\n\nIf it was not you, do nothing: your password stays as it is.\n",
            user.name()
        );
        send_mail(
            &visitor.env,
            &mut effects,
            MailKind::PasswordReset,
            &user.email,
            "Your new password for IGNY8".to_owned(),
            text,
        )?;
        Ok(self.table.transact("accounts.request_reset", effects).await?)
    }

    /// Sets a new password and ends all sessions of the person.
    pub async fn confirm_reset(&self, visitor: &Visitor, input: ResetConfirmInput) -> Result<()> {
        let (user, _) = input.token.split_once('.').ok_or_else(not_valid)?;
        let id: UserId = user.parse().map_err(|_| not_valid())?;
        let reset = self.table.get::<Reset>(Reset::key_of(id)).await?.ok_or_else(not_valid)?;
        if reset.expires_at <= visitor.env.now() || !secret::matches(&input.token, &reset.token_hash) {
            return Err(not_valid());
        }
        let user = self.user(id).await?;
        let mut check = Check::default();
        check.field("password", input::new_password(&input.password, &user.email));
        check.done()?;
        let hash = password::hash(&visitor.env, input.password).await?;

        let mut effects = Effects::new();
        effects.delete("reset", Reset::key_of(id), Some(Cond::eq("token_hash", &reset.token_hash)));
        let credential = Update::at(Credential::key_of(id)).set("hash", hash).add("generation", 1).when(Cond::Exists);
        effects.update("credential", credential);
        effects.update("user", User::verified(id, visitor.env.now()));
        // The audit trail belongs to tenants; the person's first one keeps the note.
        if let Some(first) = self.memberships_of(id).await?.first() {
            let ctx = visitor.as_user(first.tenant_id, id, Role::Viewer);
            audit(&ctx, &mut effects, "user.password_reset", format!("user:{id}"))?;
        }
        match self.table.transact("accounts.confirm_reset", effects).await {
            Err(error) if error.failed("reset") => Err(not_valid()),
            other => Ok(other?),
        }
    }
}
