//! The settings of the local process, from its environment.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use igny8_accounts::{KeyPair, generate_key};
use igny8_core::Env;
use igny8_local::private;

/// Variables that are passed on to the functions as they are.
const PASSED_ON: &[&str] = &[
    "IGNY8_AI",
    "IGNY8_LOG",
    "IGNY8_TRIAL_CREDITS",
    "OPENAI_BASE_URL",
    "OPENAI_API_KEY",
    "OPENAI_MODEL",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_MODEL",
    "AI_FALLBACK_MODEL",
    "AI_TIMEOUT_SECONDS",
];

/// A setting is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {message}")]
pub struct SettingsError {
    /// The variable.
    pub name: &'static str,
    /// What is wrong with it and what to set.
    pub message: String,
}

/// The settings of the local process.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it listens (`IGNY8_ADDR`, 127.0.0.1:8010).
    pub address: SocketAddr,
    /// Where it keeps its state (`IGNY8_DATA_DIR`, `.igny8`).
    pub data_dir: PathBuf,
    /// What the functions are told besides.
    pub passed_on: BTreeMap<String, String>,
}

impl Settings {
    /// From the environment. Without keys, `IGNY8_AI` is `offline`; with `OPENAI_API_KEY` or `ANTHROPIC_API_KEY` it is
    /// that provider.
    pub fn from_vars(vars: &BTreeMap<String, String>) -> Result<Self, SettingsError> {
        let get = |name: &str| vars.get(name).map(String::as_str).filter(|value| !value.is_empty());
        let address = get("IGNY8_ADDR").unwrap_or("127.0.0.1:8010");
        let address = address.parse().map_err(|_| SettingsError {
            name: "IGNY8_ADDR",
            message: format!("`{address}` is not an address; set an IP address and a port, as 127.0.0.1:8010"),
        })?;
        let mut passed_on: BTreeMap<String, String> =
            PASSED_ON.iter().filter_map(|name| Some(((*name).to_owned(), get(name)?.to_owned()))).collect();
        if let Some(credits) = passed_on.get("IGNY8_TRIAL_CREDITS")
            && credits.parse::<u32>().is_err()
        {
            let message = format!("`{credits}` is not a number of credits; set a whole number, as 25");
            return Err(SettingsError { name: "IGNY8_TRIAL_CREDITS", message });
        }
        if let Some(seconds) = passed_on.get("AI_TIMEOUT_SECONDS")
            && !seconds.parse::<u32>().is_ok_and(|seconds| (5..=280).contains(&seconds))
        {
            let message = format!("`{seconds}` is not from 5 to 280 seconds; set a whole number, as 240");
            return Err(SettingsError { name: "AI_TIMEOUT_SECONDS", message });
        }
        let default = match (get("OPENAI_API_KEY"), get("ANTHROPIC_API_KEY")) {
            (Some(_), _) => "openai",
            (None, Some(_)) => "anthropic",
            (None, None) => "offline",
        };
        let ai = passed_on.entry("IGNY8_AI".to_owned()).or_insert_with(|| default.to_owned());
        if !["offline", "openai", "anthropic"].contains(&ai.as_str()) {
            let message = format!("`{ai}` is no AI provider; set offline, openai or anthropic");
            return Err(SettingsError { name: "IGNY8_AI", message });
        }
        Ok(Self { address, data_dir: get("IGNY8_DATA_DIR").unwrap_or(".igny8").into(), passed_on })
    }

    /// The keys that access tokens are signed with; made at the first start and kept.
    pub fn signing_keys(&self) -> Result<KeyPair, SettingsError> {
        let wrong = |message: String| SettingsError { name: "IGNY8_DATA_DIR", message };
        let (secret, public) = (self.data_dir.join("signing-key.json"), self.data_dir.join("signing-keys.public.json"));
        private::restrict(&secret).map_err(|error| wrong(format!("{}: {error}", secret.display())))?;
        if let (Ok(secret), Ok(jwks)) = (std::fs::read_to_string(&secret), std::fs::read_to_string(&public)) {
            return Ok(KeyPair { secret, jwks });
        }
        let pair = generate_key(&Env::system()).map_err(|error| wrong(error.to_string()))?;
        private::create_folder(&self.data_dir)
            .and_then(|()| private::write(&secret, &pair.secret))
            .and_then(|()| std::fs::write(&public, &pair.jwks))
            .map_err(|error| wrong(format!("{} cannot be written: {error}", self.data_dir.display())))?;
        Ok(pair)
    }

    /// What every function is told on a laptop, over what the template says.
    pub(crate) fn environment(&self, url: &str, keys: &KeyPair) -> BTreeMap<String, String> {
        let port = url.rsplit(':').next().unwrap_or("8010");
        let mut shared = self.passed_on.clone();
        shared.insert("JWT_PUBLIC_KEYS".to_owned(), keys.jwks.clone());
        shared.insert("SITES_DOMAIN".to_owned(), format!("localhost:{port}"));
        shared.insert("APP_URL".to_owned(), format!("http://localhost:{port}"));
        shared
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Settings;

    fn settings(vars: &[(&str, &str)]) -> Result<Settings, String> {
        let vars: BTreeMap<_, _> = vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Settings::from_vars(&vars).map_err(|error| error.to_string())
    }

    #[test]
    fn the_provider_follows_the_keys() {
        let ai = |vars| settings(vars).unwrap().passed_on["IGNY8_AI"].clone();
        assert_eq!(ai(&[]), "offline");
        assert_eq!(ai(&[("OPENAI_API_KEY", "k")]), "openai");
        assert_eq!(ai(&[("ANTHROPIC_API_KEY", "k")]), "anthropic");
        assert_eq!(ai(&[("OPENAI_API_KEY", "k"), ("IGNY8_AI", "offline")]), "offline");
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(settings(&[("IGNY8_ADDR", "here")]).unwrap_err().starts_with("IGNY8_ADDR: `here`"));
        assert!(settings(&[("IGNY8_TRIAL_CREDITS", "many")]).unwrap_err().starts_with("IGNY8_TRIAL_CREDITS"));
        assert!(settings(&[("AI_TIMEOUT_SECONDS", "300")]).unwrap_err().contains("5 to 280 seconds"));
        assert!(settings(&[("IGNY8_AI", "magic")]).unwrap_err().contains("offline, openai or anthropic"));
    }
}
