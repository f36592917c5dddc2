//! Passwords: Argon2id with the parameters that OWASP recommends (19 MiB, two passes, one lane).
//!
//! <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id>

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use igny8_core::{Env, Error, Result};

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;

/// A hash that no password has, made with the same parameters: whoever has no password is compared with it, so that an
/// unknown email takes as long as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH_BYTES));
    let params = params.map_err(|error| Error::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password as a PHC string, with a salt of its own.
///
/// It takes tens of milliseconds and runs beside the runtime.
pub(crate) async fn hash(env: &Env, password: String) -> Result<String> {
    let mut salt = [0_u8; 16];
    env.fill(&mut salt);
    let work = move || -> Result<String> {
        let hash: PasswordHash = argon2()?
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|error| Error::internal(error.to_string()))?;
        Ok(hash.to_string())
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// True when this is the password. Without a hash the answer is no, after the same time.
pub(crate) async fn verify(hash: Option<String>, password: String) -> Result<bool> {
    let work = move || -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.as_deref().unwrap_or(NOBODY);
        let parsed = PasswordHash::new(hash).map_err(|error| Error::internal(error.to_string()))?;
        // The parameters are the stored ones: a hash made with older ones still verifies.
        let right = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(right && known)
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use igny8_core::{FixedClock, Timestamp};

    use super::*;

    #[tokio::test]
    async fn the_right_password_and_only_it() {
        let env = Env::fixed(Arc::new(FixedClock::at(Timestamp::default())), 1);
        let one = hash(&env, "correct horse".into()).await.unwrap();
        let two = hash(&env, "correct horse".into()).await.unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two, "every hash has its own salt");
        assert!(verify(Some(one.clone()), "correct horse".into()).await.unwrap());
        assert!(!verify(Some(one), "correct house".into()).await.unwrap());
        assert!(!verify(None, "correct horse".into()).await.unwrap());
    }

    #[test]
    fn the_hash_of_nobody_costs_the_same() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(Params::try_from(&nobody).unwrap(), *argon2().unwrap().params());
        assert_eq!(nobody.salt.unwrap().len(), 16);
    }
}
