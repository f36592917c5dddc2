//! Open connections: found by tenant when there is news, and by their own id when they say something or end.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use igny8_accounts::Visibility;
use igny8_cloud::Sent;
use igny8_core::{Actor, Ctx, Env, Limit, Result, Role, SessionId, SiteId, TenantId, Timestamp};
use igny8_table::{Effects, Entity, Key, Keys, Query};
use serde::{Deserialize, Serialize};

use crate::{Live, LiveMessage};

/// API Gateway ends a connection after two hours.
pub const CONNECTION_LIFE: Duration = Duration::from_hours(2);

/// Of a tenant with more connections than that, the others hear nothing and find out when they ask.
const MOST: usize = 1000;

/// An open connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The id that API Gateway gave it.
    pub id: String,
    /// Whose news it hears.
    pub tenant: TenantId,
    /// Who listens.
    pub actor: Actor,
    /// The sign-in with which they came; none for a key.
    #[serde(default)]
    pub session: Option<SessionId>,
    /// What they might do when they connected; what they may now is read when there is news.
    pub role: Role,
    /// Since when.
    pub opened_at: Timestamp,
    /// When API Gateway has ended it at the latest.
    pub expires_at: Timestamp,
}

impl Connection {
    /// Who listens: connections of the same sign-in or key hear the same.
    pub(crate) fn listener(&self) -> Listener {
        (self.actor.to_string(), self.session)
    }
}

impl Entity for Connection {
    const KIND: &'static str = "CONNECTION";

    fn key(&self, keys: &Keys) -> Key {
        keys.row(Self::KIND, &self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// The same connection by its id alone: who says something on it names no tenant.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ConnectionTenant(pub(crate) Connection);

impl ConnectionTenant {
    fn key_of(id: &str) -> Key {
        Keys::global(Self::KIND, id)
    }
}

impl Entity for ConnectionTenant {
    const KIND: &'static str = "CONNECTIONID";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(&self.0.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        self.0.ttl()
    }
}

/// A key, or a person with a sign-in of theirs.
pub(crate) type Listener = (String, Option<SessionId>);

/// Which sites' jobs and notices someone may see; what belongs to no site, all may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sight {
    All,
    Sites(BTreeSet<SiteId>),
}

impl Sight {
    pub(crate) fn shows(&self, site: Option<SiteId>) -> bool {
        match (self, site) {
            (Self::All, _) | (_, None) => true,
            (Self::Sites(sites), Some(site)) => sites.contains(&site),
        }
    }
}

impl Live {
    /// The connection of that id, if we know it.
    pub(crate) async fn connection(&self, env: &Env, id: &str) -> Result<Option<Connection>> {
        let row = self.table.get::<ConnectionTenant>(ConnectionTenant::key_of(id)).await?;
        Ok(row.map(|row| row.0).filter(|row| row.expires_at > env.now()))
    }

    /// The open connections of the tenant: one query.
    pub(crate) async fn connections(&self, ctx: &Ctx) -> Result<Vec<Connection>> {
        let keys = Keys::new(ctx);
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let query = Query::partition(keys.partition(Connection::KIND))
                .limit(Limit::new(Limit::MAX).unwrap_or_default())
                .cursor(cursor);
            let page = self.table.query::<Connection>(&keys, query).await?;
            found.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() || found.len() >= MOST {
                break;
            }
        }
        if cursor.is_some() {
            tracing::warn!(tenant = %ctx.tenant, most = MOST, "a tenant has more connections than are told");
        }
        let now = ctx.now();
        found.retain(|connection| connection.expires_at > now);
        Ok(found)
    }

    /// The context of who listens, with the rights of now; none for who does not belong to the tenant any more, or whose
    /// session has ended.
    pub(crate) async fn listener(&self, env: &Env, connection: &Connection) -> Result<Option<Ctx>> {
        let ctx = Ctx::system(connection.tenant, &connection.id, env.clone());
        let role = self.accounts.standing(&ctx, connection.actor, connection.session).await?;
        Ok(role.map(|role| Ctx { actor: connection.actor, role, ..ctx }))
    }

    /// What each of those who listen may see; those who may see nothing any more are not in it.
    pub(crate) async fn sights(&self, env: &Env, connections: &[Connection]) -> Result<BTreeMap<Listener, Sight>> {
        let mut sights = BTreeMap::new();
        let mut asked = BTreeSet::new();
        for connection in connections {
            let who = connection.listener();
            if !asked.insert(who.clone()) {
                continue;
            }
            let Some(ctx) = self.listener(env, connection).await? else { continue };
            let sight = match self.accounts.visible_sites(&ctx).await? {
                Visibility::All => Sight::All,
                Visibility::Workspaces(workspaces) => {
                    Sight::Sites(self.accounts.site_ids(&ctx, workspaces).await?.into_iter().collect())
                }
            };
            sights.insert(who, sight);
        }
        Ok(sights)
    }

    /// Ends the connection of who may not listen any more. It is forgotten first: what cannot be ended now is not told
    /// anything either, and API Gateway ends it in time.
    pub(crate) async fn turn_away(&self, env: &Env, connection: &Connection) -> Result<()> {
        self.forget(env, connection).await?;
        Ok(self.cloud.end_connection("live.turn_away", &connection.id).await?)
    }

    /// Forgets a connection that has ended.
    pub async fn disconnect(&self, env: &Env, id: &str) -> Result<()> {
        let row = self.table.get::<ConnectionTenant>(ConnectionTenant::key_of(id)).await?;
        match row {
            Some(row) => self.forget(env, &row.0).await,
            None => Ok(()),
        }
    }

    pub(crate) async fn forget(&self, env: &Env, connection: &Connection) -> Result<()> {
        let keys = Keys::new(&Ctx::system(connection.tenant, &connection.id, env.clone()));
        let mut effects = Effects::new();
        effects.delete("connection", connection.key(&keys), None);
        effects.delete("connection", ConnectionTenant::key_of(&connection.id), None);
        Ok(self.table.transact("live.disconnect", effects).await?)
    }

    /// Sends messages to one connection, in order. Never an error: one that is gone is forgotten, and who could not be
    /// reached asks for what was missed.
    pub(crate) async fn deliver(&self, env: &Env, connection: &Connection, messages: &[LiveMessage]) {
        for message in messages {
            let text = match serde_json::to_string(message) {
                Ok(text) => text,
                Err(error) => {
                    tracing::error!(%error, "a message cannot be written");
                    continue;
                }
            };
            match self.cloud.send_to_connection("live.send", &connection.id, text).await {
                Ok(Sent::Delivered) => {}
                Ok(Sent::Gone) => {
                    if let Err(error) = self.forget(env, connection).await {
                        tracing::warn!(%error, "a connection that is gone was not forgotten");
                    }
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, connection = connection.id, "a message did not reach its connection");
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_limited_sees_their_sites_and_what_is_of_no_site() {
        let (mine, other) = (SiteId::new(1, 1), SiteId::new(1, 2));
        let limited = Sight::Sites(BTreeSet::from([mine]));
        assert!(limited.shows(Some(mine)) && limited.shows(None) && !limited.shows(Some(other)));
        assert!(Sight::All.shows(Some(other)));
    }
}
