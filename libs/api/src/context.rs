//! Who calls: the identity behind a token or a key, and the context made from it.

use async_trait::async_trait;
use axum::{extract::FromRequestParts, http::request::Parts};
use igny8_core::{Actor, Ctx, Env, Error, Result, Role, SessionId, TenantId};

use crate::Failure;

/// Whom a token or a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The tenant that the token is for.
    pub tenant: TenantId,
    /// Who acts.
    pub actor: Actor,
    /// The role in that tenant.
    pub role: Role,
    /// The sign-in of a person; none for a key.
    pub session: Option<SessionId>,
}

/// Turns tokens and keys into identities. Accounts is wired in by the functions, so that `api` need not know it.
///
/// What is not valid is [`igny8_core::ErrorKind::Unauthenticated`]; what cannot be checked now is `Unavailable`.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// The identity of an access token (`Authorization: Bearer`).
    async fn bearer(&self, token: &str) -> Result<Identity>;

    /// The identity of an API key (`X-Api-Key`).
    async fn api_key(&self, key: &str) -> Result<Identity>;
}

/// The id of a request as the gateway gave it; put into the request's extensions by whoever starts the router.
///
/// It is not read from a header, so that a client cannot choose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// The address from which the request came, as the gateway saw it; in the request's extensions like [`RequestId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientIp(pub String);

/// The context of a signed-in caller: every handler of a route that is not public takes it.
#[derive(Debug, Clone)]
pub struct Caller(pub Ctx);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Ctx>().cloned().map(Self).ok_or_else(|| not_guarded("Caller"))
    }
}

impl<S: Sync> FromRequestParts<S> for Identity {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().copied().ok_or_else(|| not_guarded("Identity"))
    }
}

/// The guard has let a request through without an identity: the route is public in `access`, but its handler is not.
fn not_guarded(what: &str) -> Failure {
    Error::internal(format!("a handler takes {what}, but its route is public in access.rs")).into()
}

/// What is known of a caller on a public route.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Names the request in logs and errors.
    pub request_id: String,
    /// From where the request came, if the gateway said so.
    pub ip: Option<String>,
    /// Time and chance.
    pub env: Env,
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        match (parts.extensions.get::<RequestId>(), parts.extensions.get::<Env>()) {
            (Some(id), Some(env)) => Ok(Self {
                request_id: id.0.clone(),
                ip: parts.extensions.get::<ClientIp>().map(|ip| ip.0.clone()),
                env: env.clone(),
            }),
            _ => Err(Error::internal("a handler runs outside of Api::serve").into()),
        }
    }
}
