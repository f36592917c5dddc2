//! `/api/auth`: registering, signing in and out, what one sees of oneself, password reset, the public keys, and
//! accepting an invitation.
//!
//! The one function that can read the signing key. It does so once per process, when first needed, so that a cold start
//! that only shows the public keys or resets a password does not wait for it.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use igny8_accounts::{
    AcceptInput, Accounts, LoginInput, Me, RefreshInput, RegisterInput, ResetConfirmInput, ResetInput, SignIn,
    SignedIn, Signer, SwitchInput,
};
use igny8_api::{Body, Caller, Created, Failure, Identity, Secret, Visitor, no_content};
use igny8_app::{AUDIENCE, ISSUER};
use igny8_core::{Credits, Env, Error, Result};
use igny8_lambda::{App, FunctionSpec};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "auth-session",
    needs: &["TABLE_NAME", "BUCKET_NAME", "JWT_PUBLIC_KEYS", "SIGNING_KEY_SECRET_ARN", "APP_URL"],
    build: |app| {
        let trial = trial(app)?;
        igny8_app::http(app, FUNCTION.name, routes(igny8_app::accounts(app), Keys::new(app), trial))
    },
};

/// What a new tenant starts with, unless the operator says otherwise.
pub const TRIAL: Credits = Credits(25);

/// For how many seconds others may keep the public keys; a new key must be public for as long before it signs.
const KEYS_KEPT: &str = "public, max-age=300";

/// What a new tenant starts with: `IGNY8_TRIAL_CREDITS`, a whole number, none or more.
fn trial(app: &App) -> Result<Credits> {
    let Some(text) = app.config.get("IGNY8_TRIAL_CREDITS") else { return Ok(TRIAL) };
    match text.parse() {
        Ok(credits) if credits >= 0 => Ok(Credits(credits)),
        _ => Err(Error::internal("IGNY8_TRIAL_CREDITS must be a whole number of credits, 0 or more")),
    }
}

/// Where the signing key comes from.
#[derive(Clone)]
enum Source {
    /// The secret that `SIGNING_KEY_SECRET_ARN` names.
    Store(App),
    /// The key itself.
    Text(String),
}

/// The two halves of the deployment's key. Cheap to clone.
#[derive(Clone)]
pub struct Keys {
    source: Source,
    signer: Arc<OnceCell<Signer>>,
    public: Option<String>,
}

/// A fresh deployment has no signing key until its operator puts one in.
fn unconfigured(error: igny8_cloud::CloudError) -> Error {
    match error {
        igny8_cloud::CloudError::NotFound => Error::new(
            igny8_core::ErrorKind::NotConfigured,
            "Nobody can sign in yet: the operator has not put a signing key into the secret store.",
        ),
        other => other.into(),
    }
}

impl Keys {
    /// As the function is configured; nothing is read yet.
    pub fn new(app: &App) -> Self {
        Self::from(Source::Store(app.clone()), app)
    }

    /// With a secret half (a JWK, as [`igny8_accounts::generate_key`] writes it) that is known already, for who has no
    /// secret store.
    pub fn with_secret(app: &App, secret: impl Into<String>) -> Self {
        Self::from(Source::Text(secret.into()), app)
    }

    fn from(source: Source, app: &App) -> Self {
        let public = app.config.get("JWT_PUBLIC_KEYS").map(str::to_owned);
        Self { source, signer: Arc::new(OnceCell::new()), public }
    }

    /// What signs access tokens; read once per process. A failed reading is tried again by the next request.
    async fn signer(&self) -> Result<&Signer> {
        let read = async || {
            let secret = match &self.source {
                Source::Store(app) => {
                    app.cloud.secret(app.config.need("SIGNING_KEY_SECRET_ARN")?).await.map_err(unconfigured)?
                }
                Source::Text(secret) => secret.clone(),
            };
            Ok::<_, Error>(Signer::new(&secret, ISSUER, AUDIENCE)?)
        };
        self.signer.get_or_try_init(read).await
    }

    /// The answer to a sign-in.
    async fn answer(&self, env: &Env, sign_in: SignIn) -> Result<SignedIn> {
        sign_in.answer(self.signer().await?, env)
    }
}

#[derive(Clone)]
struct Services {
    accounts: Accounts,
    keys: Keys,
    trial: Credits,
}

/// The routes. `trial` is what a new tenant starts with.
pub fn routes(accounts: Accounts, keys: Keys, trial: Credits) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(login))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(switch))
        .routes(routes!(me))
        .routes(routes!(request_reset))
        .routes(routes!(confirm_reset))
        .routes(routes!(accept_invitation))
        .routes(routes!(jwks))
        .with_state(Services { accounts, keys, trial })
}

fn known(visitor: Visitor) -> igny8_accounts::Visitor {
    igny8_accounts::Visitor { env: visitor.env, request_id: visitor.request_id }
}

/// Registers a new tenant with its first owner, who is signed in at once.
#[utoipa::path(
    post, path = "/api/auth/register",
    request_body(content = RegisterInput, example = json!({
        "tenant_name": "Acme Garage", "email": "ana@example.com", "password": "correct horse battery",
        "display_name": "Ana"
    })),
    responses((status = 201, body = SignedIn))
)]
async fn register(
    State(services): State<Services>,
    visitor: Visitor,
    Body(input): Body<RegisterInput>,
) -> Result<Created<SignedIn>, Failure> {
    // Before anything is written: without the key the new owner could not be answered.
    services.keys.signer().await?;
    let visitor = known(visitor);
    let sign_in = services.accounts.register(&visitor, input, services.trial).await?;
    Ok(Created(services.keys.answer(&visitor.env, sign_in).await?))
}

/// Signs a person in.
#[utoipa::path(
    post, path = "/api/auth/login",
    request_body(content = LoginInput, example = json!({
        "email": "ana@example.com", "password": "correct horse battery"
    })),
    responses((status = 200, body = SignedIn), (status = 401, description = "The email or the password is not right"))
)]
async fn login(
    State(services): State<Services>,
    visitor: Visitor,
    Body(input): Body<LoginInput>,
) -> Result<Secret<SignedIn>, Failure> {
    services.keys.signer().await?;
    let visitor = known(visitor);
    let sign_in = services.accounts.login(&visitor, input).await?;
    Ok(Secret(services.keys.answer(&visitor.env, sign_in).await?))
}

/// Exchanges a refresh token for new tokens. Each can be used once; a second use ends the session, unless it repeats the
/// request with the same `Idempotency-Key`: then the answer is the same refresh token again, until that is used.
#[utoipa::path(
    post, path = "/api/auth/refresh",
    params((
        "Idempotency-Key" = Option<String>, Header, min_length = 32, max_length = 255,
        description = "Random, at least 32 characters; makes the request safe to repeat when its answer was lost."
    )),
    request_body(content = RefreshInput, example = json!({ "refresh_token": "the one of the last answer" })),
    responses((status = 200, body = SignedIn), (status = 401, description = "The session has ended"))
)]
async fn refresh(
    State(services): State<Services>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(input): Body<RefreshInput>,
) -> Result<Secret<SignedIn>, Failure> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    // Before the old token is spent: without the key the session would be lost.
    services.keys.signer().await?;
    let visitor = known(visitor);
    let sign_in = services.accounts.refresh(&visitor, input, key).await?;
    Ok(Secret(services.keys.answer(&visitor.env, sign_in).await?))
}

/// Ends the session of a refresh token. What is no token of ours changes nothing, and the answer is the same.
#[utoipa::path(
    post, path = "/api/auth/logout",
    request_body(content = RefreshInput, example = json!({ "refresh_token": "the one of the last answer" })),
    responses((status = 204))
)]
async fn logout(
    State(services): State<Services>,
    visitor: Visitor,
    Body(input): Body<RefreshInput>,
) -> Result<Response, Failure> {
    services.accounts.logout(&known(visitor), input).await?;
    Ok(no_content())
}

/// Signs the person into another of their tenants; the old session ends.
///
/// The answer holds tokens and is not kept for an `Idempotency-Key`.
#[utoipa::path(
    post, path = "/api/auth/switch",
    request_body(content = SwitchInput, example = json!({ "tenant_id": "01JZ0000000000000000000000" })),
    responses((status = 200, body = SignedIn), (status = 404, description = "You do not belong to such a tenant"))
)]
async fn switch(
    State(services): State<Services>,
    Caller(ctx): Caller,
    identity: Identity,
    Body(input): Body<SwitchInput>,
) -> Result<Secret<SignedIn>, Failure> {
    let session = identity.session.ok_or_else(|| Error::forbidden("A key belongs to one tenant."))?;
    services.keys.signer().await?;
    let sign_in = services.accounts.switch(&ctx, session, input).await?;
    Ok(Secret(services.keys.answer(&ctx.env, sign_in).await?))
}

/// What the one who asks sees of themself.
#[derive(Serialize, ToSchema)]
struct Myself {
    #[serde(flatten)]
    me: Me,
    /// The features that are switched on or off for this tenant, by name; those that are not named here are on.
    flags: BTreeMap<String, bool>,
}

/// Who asks, in which tenant, as what, and where else they could go.
#[utoipa::path(get, path = "/api/auth/me", responses((status = 200, body = Myself)))]
async fn me(State(services): State<Services>, Caller(ctx): Caller) -> Result<Json<Myself>, Failure> {
    // No feature can be switched yet, so there is no flag to tell.
    Ok(Json(Myself { me: services.accounts.me(&ctx).await?, flags: BTreeMap::new() }))
}

/// Mails a link to set a new password. The answer is the same whether there is such a person or not.
#[utoipa::path(
    post, path = "/api/auth/password-reset",
    request_body(content = ResetInput, example = json!({ "email": "ana@example.com" })),
    responses((status = 204))
)]
async fn request_reset(
    State(services): State<Services>,
    visitor: Visitor,
    Body(input): Body<ResetInput>,
) -> Result<Response, Failure> {
    services.accounts.request_reset(&known(visitor), input).await?;
    Ok(no_content())
}

/// Sets a new password with the token of the mailed link, and ends all sessions of the person.
#[utoipa::path(
    post, path = "/api/auth/password-reset/confirm",
    request_body(content = ResetConfirmInput, example = json!({
        "token": "the one of the mailed link", "password": "another horse battery"
    })),
    responses((status = 204))
)]
async fn confirm_reset(
    State(services): State<Services>,
    visitor: Visitor,
    Body(input): Body<ResetConfirmInput>,
) -> Result<Response, Failure> {
    services.accounts.confirm_reset(&known(visitor), input).await?;
    Ok(no_content())
}

/// Accepts an invitation with the token of the mailed link, and signs the person in.
///
/// A new person sets a password; who has an account already proves it with theirs.
#[utoipa::path(
    post, path = "/api/auth/invitations/accept",
    request_body(content = AcceptInput, example = json!({
        "token": "the one of the mailed link", "password": "correct horse battery", "display_name": "Bo"
    })),
    responses(
        (status = 200, body = SignedIn),
        (status = 401, description = "There is an account, and this is not its password")
    )
)]
async fn accept_invitation(
    State(services): State<Services>,
    visitor: Visitor,
    Body(input): Body<AcceptInput>,
) -> Result<Secret<SignedIn>, Failure> {
    services.keys.signer().await?;
    let visitor = known(visitor);
    let sign_in = services.accounts.accept_invitation(&visitor, input).await?;
    Ok(Secret(services.keys.answer(&visitor.env, sign_in).await?))
}

/// Public keys (RFC 7517).
#[derive(Serialize, Deserialize, ToSchema)]
struct PublicKeys {
    /// The keys whose tokens are accepted; several while a new one takes over.
    keys: Vec<PublicKey>,
}

/// A public key (RFC 8037). There is no field for a secret half, so none can slip out of a wrong configuration.
#[derive(Serialize, Deserialize, ToSchema)]
struct PublicKey {
    /// `OKP`.
    kty: String,
    /// `Ed25519`.
    crv: String,
    /// The key, base64url.
    x: String,
    /// Its id, as in the header of tokens.
    kid: String,
    /// `EdDSA`.
    #[serde(skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    /// `sig`.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
}

/// The keys with which access tokens can be verified.
#[utoipa::path(get, path = "/api/auth/jwks.json", responses((status = 200, body = PublicKeys)))]
async fn jwks(State(services): State<Services>) -> Result<Response, Failure> {
    let text = services.keys.public.as_deref().ok_or_else(|| Error::internal("JWT_PUBLIC_KEYS is not set"))?;
    let keys: PublicKeys = serde_json::from_str(text).map_err(Error::internal)?;
    Ok(([(header::CACHE_CONTROL, KEYS_KEPT)], Json(keys)).into_response())
}
