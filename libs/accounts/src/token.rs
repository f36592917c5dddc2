//! Access tokens: JWTs that are signed with Ed25519 and nothing else.
//!
//! The signer needs the secret key, which the auth function alone can read; everyone else verifies with the public keys
//! that come with the deployment. A JWS here is three base64url parts and one signature over the first two (RFC 7515,
//! RFC 8037), made with `ring`, which TLS brings along; a general library would link RSA, HMAC and three curves more,
//! and a choice of algorithms is what attacks on JWTs live on.

use std::{collections::BTreeMap, fmt, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use igny8_core::{Env, Error, Role, SessionId, TenantId, UserId};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How long an access token is good for.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::from_mins(15);

/// The one algorithm (RFC 8037).
const ALGORITHM: &str = "EdDSA";
/// Ours are about 500 bytes long; there is no need to decode what is far longer.
const LONGEST: usize = 4096;
/// How far the clock of the one who signed may be ahead of ours.
const SKEW_SECS: i64 = 60;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who has signed it.
    pub iss: String,
    /// For whom it is meant.
    pub aud: String,
    /// Who is signed in.
    pub sub: UserId,
    /// In which tenant.
    pub tenant: TenantId,
    /// As what.
    pub role: Role,
    /// In which session.
    pub sid: SessionId,
    /// Until when it is good: seconds since the Unix epoch.
    pub exp: i64,
    /// Since when: seconds since the Unix epoch.
    pub iat: i64,
    /// Its own name.
    pub jti: String,
}

/// Why a token or a key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// It is not a token of ours: unreadable, of another algorithm, signed by another key, for someone else.
    NotOurs,
    /// It was good once.
    Expired,
    /// The key itself cannot be read; a mistake of the deployment.
    BadKey,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOurs => "The access token is not valid. Sign in again.",
            Self::Expired => "The access token has expired. Refresh it.",
            Self::BadKey => "the signing or verifying key cannot be read",
        })
    }
}

impl std::error::Error for TokenError {}

impl From<TokenError> for Error {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::NotOurs | TokenError::Expired => Self::unauthenticated(error.to_string()),
            TokenError::BadKey => Self::internal(error),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: String,
    /// Extensions that must be understood (RFC 7515, 4.1.11): we understand none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    crit: Option<serde_json::Value>,
}

/// A key as JSON (RFC 7517, RFC 8037); `d` is there in the secret one alone.
#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    kid: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    d: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    alg: Option<String>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none", default)]
    usage: Option<String>,
}

impl Jwk {
    fn is_ed25519(&self) -> bool {
        self.kty == "OKP" && self.crv == "Ed25519" && self.alg.as_deref().is_none_or(|alg| alg == ALGORITHM)
    }
}

#[derive(Serialize, Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

/// A new key.
#[derive(Clone)]
pub struct KeyPair {
    /// The secret half, as a JWK; for the secret store and the auth function alone.
    pub secret: String,
    /// The public half, as a JWKS with this one key; it comes with the deployment.
    pub jwks: String,
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("jwks", &self.jwks).finish_non_exhaustive()
    }
}

/// Makes a new key. Its id is the thumbprint of the public half (RFC 7638).
pub fn generate_key(env: &Env) -> Result<KeyPair, TokenError> {
    let mut seed = [0_u8; 32];
    env.fill(&mut seed);
    let key = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| TokenError::BadKey)?;
    let x = BASE64.encode(key.public_key());
    let kid = BASE64.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)));
    let jwk = |d| Jwk {
        kty: "OKP".into(),
        crv: "Ed25519".into(),
        x: x.clone(),
        kid: kid.clone(),
        d,
        alg: Some(ALGORITHM.into()),
        usage: Some("sig".into()),
    };
    let text = |result: serde_json::Result<String>| result.map_err(|_| TokenError::BadKey);
    Ok(KeyPair {
        secret: text(serde_json::to_string(&jwk(Some(BASE64.encode(seed)))))?,
        jwks: text(serde_json::to_string(&Jwks { keys: vec![jwk(None)] }))?,
    })
}

/// Signs access tokens.
pub struct Signer {
    key: Ed25519KeyPair,
    /// The first part of every token: it is always the same.
    header: String,
    issuer: String,
    audience: String,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("header", &self.header).finish_non_exhaustive()
    }
}

impl Signer {
    /// From the secret half of a key pair, as [`generate_key`] writes it.
    pub fn new(secret: &str, issuer: impl Into<String>, audience: impl Into<String>) -> Result<Self, TokenError> {
        let jwk: Jwk = serde_json::from_str(secret).map_err(|_| TokenError::BadKey)?;
        let decode = |text: &str| BASE64.decode(text).map_err(|_| TokenError::BadKey);
        let seed = decode(jwk.d.as_deref().filter(|_| jwk.is_ed25519()).ok_or(TokenError::BadKey)?)?;
        let key = Ed25519KeyPair::from_seed_and_public_key(&seed, &decode(&jwk.x)?).map_err(|_| TokenError::BadKey)?;
        let header = Header { alg: ALGORITHM.into(), typ: Some("JWT".into()), kid: jwk.kid, crit: None };
        let header = BASE64.encode(serde_json::to_vec(&header).map_err(|_| TokenError::BadKey)?);
        Ok(Self { key, header, issuer: issuer.into(), audience: audience.into() })
    }

    /// A token for a person in a tenant; good for [`ACCESS_TOKEN_LIFE`] from now.
    pub fn access_token(
        &self,
        env: &Env,
        user: UserId,
        tenant: TenantId,
        role: Role,
        session: SessionId,
    ) -> Result<String, TokenError> {
        let now = env.now().secs();
        self.sign(&Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: user,
            tenant,
            role,
            sid: session,
            exp: now + ACCESS_TOKEN_LIFE.as_secs() as i64,
            iat: now,
            jti: format!("{:032x}", env.random()),
        })
    }

    /// Signs claims as they are.
    pub fn sign(&self, claims: &Claims) -> Result<String, TokenError> {
        let claims = serde_json::to_vec(claims).map_err(|_| TokenError::NotOurs)?;
        let mut token = format!("{}.{}", self.header, BASE64.encode(claims));
        let signature = self.key.sign(token.as_bytes());
        token.push('.');
        BASE64.encode_string(signature.as_ref(), &mut token);
        Ok(token)
    }
}

/// Verifies access tokens with the public keys of the deployment.
#[derive(Debug, Clone)]
pub struct Verifier {
    /// Public keys by their id: several while a new one takes over.
    keys: BTreeMap<String, Vec<u8>>,
    issuer: String,
    audience: String,
}

impl Verifier {
    /// From the text of a JWKS. Keys of other kinds are passed over; without one that we can use, no token is ours.
    pub fn new(jwks: &str, issuer: impl Into<String>, audience: impl Into<String>) -> Result<Self, TokenError> {
        let jwks: Jwks = serde_json::from_str(jwks).map_err(|_| TokenError::BadKey)?;
        let mut keys = BTreeMap::new();
        for jwk in jwks.keys.into_iter().filter(Jwk::is_ed25519) {
            let public = BASE64.decode(&jwk.x).map_err(|_| TokenError::BadKey)?;
            if public.len() != 32 || keys.insert(jwk.kid, public).is_some() {
                return Err(TokenError::BadKey);
            }
        }
        Ok(Self { keys, issuer: issuer.into(), audience: audience.into() })
    }

    /// What the token says, if it is ours and still good at the present moment.
    pub fn verify(&self, env: &Env, token: &str) -> Result<Claims, TokenError> {
        use TokenError::NotOurs;
        if token.len() > LONGEST {
            return Err(NotOurs);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(NotOurs)?;
        let (header, claims) = signed.split_once('.').ok_or(NotOurs)?;
        let decode = |text: &str| BASE64.decode(text).map_err(|_| NotOurs);
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| NotOurs)?;
        // The algorithm is ours to say; a token that names another one is not ours, whatever it is signed with.
        if header.alg != ALGORITHM || header.crit.is_some() {
            return Err(NotOurs);
        }
        let key = self.keys.get(&header.kid).ok_or(NotOurs)?;
        UnparsedPublicKey::new(&ED25519, key).verify(signed.as_bytes(), &decode(signature)?).map_err(|_| NotOurs)?;
        let claims: Claims = serde_json::from_slice(&decode(claims)?).map_err(|_| NotOurs)?;
        let now = env.now().secs();
        if claims.iss != self.issuer || claims.aud != self.audience || claims.iat > now + SKEW_SECS {
            return Err(NotOurs);
        }
        if claims.exp <= now { Err(TokenError::Expired) } else { Ok(claims) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use igny8_core::{FixedClock, Timestamp};
    use proptest::prelude::*;

    use super::*;

    struct Fixture {
        env: Env,
        clock: Arc<FixedClock>,
        keys: KeyPair,
        signer: Signer,
        verifier: Verifier,
    }

    fn fixture() -> Fixture {
        let clock = Arc::new(FixedClock::at(Timestamp::from_millis(1_795_341_600_000)));
        let env = Env::fixed(clock.clone(), 3);
        let keys = generate_key(&env).unwrap();
        let signer = Signer::new(&keys.secret, "igny8", "api").unwrap();
        let verifier = Verifier::new(&keys.jwks, "igny8", "api").unwrap();
        Fixture { env, clock, keys, signer, verifier }
    }

    fn token(f: &Fixture) -> String {
        let (user, tenant, session) = (UserId::new(1, 1), TenantId::new(2, 2), SessionId::new(3, 3));
        f.signer.access_token(&f.env, user, tenant, Role::Editor, session).unwrap()
    }

    fn with_header(token: &str, header: &str) -> String {
        let (_, rest) = token.split_once('.').unwrap();
        format!("{}.{rest}", BASE64.encode(header))
    }

    #[test]
    fn a_token_says_what_was_signed_until_it_expires() {
        let f = fixture();
        let token = token(&f);
        let claims = f.verifier.verify(&f.env, &token).unwrap();
        assert_eq!((claims.sub, claims.tenant, claims.role), (UserId::new(1, 1), TenantId::new(2, 2), Role::Editor));
        assert_eq!(claims.exp - claims.iat, 900);
        f.clock.advance(Duration::from_secs(899));
        assert!(f.verifier.verify(&f.env, &token).is_ok());
        f.clock.advance(Duration::from_secs(1));
        assert_eq!(f.verifier.verify(&f.env, &token), Err(TokenError::Expired));
    }

    #[test]
    fn the_example_of_rfc_8037_verifies() {
        // RFC 8037, A.1, A.2 and A.4.
        let public = BASE64.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let seed = BASE64.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let key = Ed25519KeyPair::from_seed_and_public_key(&seed, &public).unwrap();
        let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert_eq!(BASE64.encode(key.sign(signed.as_bytes()).as_ref()), signature);
        // A.3: the thumbprint, which is our way to make an id.
        let thumb =
            Sha256::digest(r#"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#);
        assert_eq!(BASE64.encode(thumb), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn no_other_algorithm_is_taken() {
        let f = fixture();
        let token = token(&f);
        let kid = f.verifier.keys.keys().next().unwrap().clone();
        for alg in ["none", "None", "HS256", "ES256", "RS256", "eddsa", ""] {
            let forged = with_header(&token, &format!(r#"{{"alg":"{alg}","typ":"JWT","kid":"{kid}"}}"#));
            assert_eq!(f.verifier.verify(&f.env, &forged), Err(TokenError::NotOurs), "{alg}");
            let (unsigned, _) = forged.rsplit_once('.').unwrap();
            assert_eq!(f.verifier.verify(&f.env, &format!("{unsigned}.")), Err(TokenError::NotOurs));
        }
        let critical = format!(r#"{{"alg":"EdDSA","kid":"{kid}","crit":["b64"],"b64":false}}"#);
        assert_eq!(f.verifier.verify(&f.env, &with_header(&token, &critical)), Err(TokenError::NotOurs));
        // The public key as an HMAC secret, the classic confusion: the header alone decides that it is not ours.
        assert_eq!(f.verifier.verify(&f.env, &with_header(&token, r#"{"alg":"HS256"}"#)), Err(TokenError::NotOurs));
    }

    #[test]
    fn only_our_keys_issuer_and_audience() {
        let f = fixture();
        let stranger = generate_key(&f.env).unwrap();
        let other = Verifier::new(&stranger.jwks, "igny8", "api").unwrap();
        let token = token(&f);
        assert_eq!(other.verify(&f.env, &token), Err(TokenError::NotOurs));
        for (issuer, audience) in [("evil", "api"), ("igny8", "socket")] {
            let verifier = Verifier::new(&f.keys.jwks, issuer, audience).unwrap();
            assert_eq!(verifier.verify(&f.env, &token), Err(TokenError::NotOurs));
        }
        // The stranger's key under our key's id: the signature does not fit.
        let kid = f.verifier.keys.keys().next().unwrap();
        let mut jwk: serde_json::Value = serde_json::from_str(&stranger.secret).unwrap();
        jwk["kid"] = kid.clone().into();
        let forger = Signer::new(&jwk.to_string(), "igny8", "api").unwrap();
        let claims = f.verifier.verify(&f.env, &token).unwrap();
        assert_eq!(f.verifier.verify(&f.env, &forger.sign(&claims).unwrap()), Err(TokenError::NotOurs));
        // From the future.
        let early = Claims { iat: claims.iat + 120, ..claims };
        assert_eq!(f.verifier.verify(&f.env, &f.signer.sign(&early).unwrap()), Err(TokenError::NotOurs));
    }

    #[test]
    fn keys_rotate() {
        let f = fixture();
        let next = generate_key(&f.env).unwrap();
        let keys = |jwks: &str| serde_json::from_str::<Jwks>(jwks).unwrap().keys;
        let both = Jwks { keys: keys(&f.keys.jwks).into_iter().chain(keys(&next.jwks)).collect() };
        let verifier = Verifier::new(&serde_json::to_string(&both).unwrap(), "igny8", "api").unwrap();
        let claims = f.verifier.verify(&f.env, &token(&f)).unwrap();
        let signer = Signer::new(&next.secret, "igny8", "api").unwrap();
        assert!(verifier.verify(&f.env, &token(&f)).is_ok());
        assert!(verifier.verify(&f.env, &signer.sign(&claims).unwrap()).is_ok());
    }

    #[test]
    fn bad_keys_are_refused_and_secrets_do_not_show() {
        let f = fixture();
        assert!(Signer::new("", "a", "b").is_err());
        assert!(Signer::new(&f.keys.jwks, "a", "b").is_err(), "a set of public keys cannot sign");
        // A deployment begins without keys: it serves what is public, and no token is its own.
        for jwks in [r#"{"keys":[]}"#, r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","kid":"a"}]}"#] {
            assert!(Verifier::new(jwks, "igny8", "api").unwrap().verify(&f.env, &token(&f)).is_err());
        }
        let jwk: serde_json::Value = serde_json::from_str(&f.keys.secret).unwrap();
        let secret = jwk["d"].as_str().unwrap();
        assert!(!f.keys.jwks.contains(secret));
        assert!(!format!("{:?} {:?}", f.keys, f.signer).contains(secret));
        // A public half that belongs to another secret.
        let mut mixed = jwk.clone();
        mixed["x"] =
            serde_json::from_str::<serde_json::Value>(&generate_key(&f.env).unwrap().secret).unwrap()["x"].clone();
        assert!(Signer::new(&mixed.to_string(), "a", "b").is_err());
    }

    proptest! {
        #[test]
        fn a_changed_token_is_not_ours(at in 0_usize..500, byte in "[A-Za-z0-9_-]") {
            let f = fixture();
            let token = token(&f);
            let at = at % token.len();
            let changed = format!("{}{byte}{}", &token[..at], &token[at + 1..]);
            prop_assume!(changed != token);
            prop_assert_eq!(f.verifier.verify(&f.env, &changed), Err(TokenError::NotOurs));
        }

        #[test]
        fn anything_is_read_without_panic(text in "\\PC*", parts in proptest::collection::vec("[A-Za-z0-9_-]{0,40}", 0..5)) {
            let f = fixture();
            prop_assert!(f.verifier.verify(&f.env, &text).is_err());
            prop_assert!(f.verifier.verify(&f.env, &parts.join(".")).is_err());
        }
    }
}
