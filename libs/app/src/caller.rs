//! Callers: access tokens are verified with the public keys of the deployment, API keys by one read.

use async_trait::async_trait;
use igny8_accounts::{Accounts, Verifier};
use igny8_api::{Authenticator, Identity};
use igny8_core::{Actor, Env, Error, Result};

pub(crate) struct Callers {
    accounts: Accounts,
    verifier: Verifier,
    env: Env,
}

impl Callers {
    pub(crate) const fn new(accounts: Accounts, verifier: Verifier, env: Env) -> Self {
        Self { accounts, verifier, env }
    }
}

#[async_trait]
impl Authenticator for Callers {
    async fn bearer(&self, token: &str) -> Result<Identity> {
        let claims = self.verifier.verify(&self.env, token).map_err(|error| {
            Error::unauthenticated("The access token is not valid or has expired. Refresh it, or sign in again.")
                .with_source(error)
        })?;
        Ok(Identity {
            tenant: claims.tenant,
            actor: Actor::User(claims.sub),
            role: claims.role,
            session: Some(claims.sid),
        })
    }

    async fn api_key(&self, key: &str) -> Result<Identity> {
        let key = self.accounts.authenticate_key(&self.env, key).await?;
        Ok(Identity { tenant: key.tenant, actor: Actor::ApiKey(key.id), role: key.role, session: None })
    }
}
