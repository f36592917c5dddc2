//! Tickets: a browser cannot send a token with a WebSocket, so it sends a secret that is good for one connection.

use std::time::Duration;

use igny8_core::{Actor, Ctx, Env, Error, Result, Role, SessionId, TenantId, Timestamp};
use igny8_table::{Cond, Effects, Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::{CONNECTION_LIFE, Connection, Live, connection::ConnectionTenant};

/// How long a ticket is good.
pub const TICKET_LIFE: Duration = Duration::from_secs(30);

/// Where the live feed is, and the ticket for it. Not `Debug`: a ticket is not for logs.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct TicketView {
    /// The WebSocket address; open it with `?ticket=`.
    pub url: String,
    /// Opens one connection within 30 seconds.
    pub ticket: String,
}

/// A ticket, known by its hash: whoever shows it is in no tenant yet.
#[derive(Serialize, Deserialize)]
struct Ticket {
    hash: String,
    tenant: TenantId,
    actor: Actor,
    session: Option<SessionId>,
    role: Role,
    expires_at: Timestamp,
}

impl Ticket {
    fn key_of(hash: &str) -> Key {
        Keys::global(Self::KIND, hash)
    }
}

impl Entity for Ticket {
    const KIND: &'static str = "TICKET";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(&self.hash)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// SHA-256 in hex: a ticket has 256 random bits, which nobody can guess.
fn hash(ticket: &str) -> String {
    Sha256::digest(ticket.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}

fn refused() -> Error {
    Error::forbidden("The ticket is not valid (any more). Ask for a new one.")
}

impl Live {
    /// A ticket for the one who asks, with the session of their token.
    ///
    /// Errors: they were removed or their session was ended while their token is still good (401).
    pub async fn ticket(&self, ctx: &Ctx, session: Option<SessionId>) -> Result<TicketView> {
        if self.accounts.standing(ctx, ctx.actor, session).await?.is_none() {
            return Err(Error::unauthenticated("The session has ended. Sign in again."));
        }
        let url = self.cloud.socket_url()?.to_owned();
        let ticket = ctx.env.secret();
        let row = Ticket {
            hash: hash(&ticket),
            tenant: ctx.tenant,
            actor: ctx.actor,
            session,
            role: ctx.role,
            expires_at: ctx.now() + TICKET_LIFE,
        };
        let mut effects = Effects::new();
        effects.create("ticket", &Keys::outside(), &row)?;
        self.table.transact("live.ticket", effects).await?;
        Ok(TicketView { url, ticket })
    }

    /// Redeems a ticket for a connection that is being opened: the ticket goes and the connection comes in one write, so a
    /// ticket never opens two.
    ///
    /// Errors: a ticket that is not there, was used or is too old (403).
    pub async fn connect(&self, env: &Env, connection: &str, ticket: &str) -> Result<()> {
        let key = Ticket::key_of(&hash(ticket));
        let now = env.now();
        let row = self.table.get::<Ticket>(key.clone()).await?.filter(|row| row.expires_at > now);
        let row = row.ok_or_else(refused)?;
        let connection = Connection {
            id: connection.to_owned(),
            tenant: row.tenant,
            actor: row.actor,
            session: row.session,
            role: row.role,
            opened_at: now,
            expires_at: now + CONNECTION_LIFE,
        };
        let keys = Keys::new(&Ctx::system(row.tenant, &connection.id, env.clone()));
        let mut effects = Effects::new();
        effects.delete("ticket", key, Some(Cond::Exists));
        effects.put("connection", &keys, &connection, None)?;
        effects.put("connection", &keys, &ConnectionTenant(connection.clone()), None)?;
        match self.table.transact("live.connect", effects).await {
            Err(error) if error.failed("ticket") => Err(refused()),
            other => Ok(other?),
        }
    }
}
