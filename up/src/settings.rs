//! The settings of the local process, from its environment.

use std::{collections::BTreeMap, net::SocketAddr, ops::RangeInclusive, path::PathBuf};

use axum::http::Uri;
use igny8_accounts::{KeyPair, generate_key};
use igny8_core::Env;
use igny8_local::private;
use tracing_subscriber::filter::LevelFilter;

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
    "OPENAI_IMAGE_BASE_URL",
    "OPENAI_IMAGE_MODEL",
    "RUNWARE_API_KEY",
    "RUNWARE_BASE_URL",
    "RUNWARE_MODEL",
];

/// The most credits that a new tenant may start with.
const MOST_TRIAL_CREDITS: u32 = 1_000_000;

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
    /// Where the built SPA is (`IGNY8_WEB_DIR`, `web/dist`).
    pub web_dir: PathBuf,
    /// From which level on it logs (`IGNY8_LOG`, warn).
    pub log: LevelFilter,
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
            message: format!("`{address}` is not an address; set an IP address and a port, as 127.0.0.1:8020"),
        })?;
        let log = match get("IGNY8_LOG") {
            None => LevelFilter::WARN,
            Some(level) => level.parse().map_err(|_| SettingsError {
                name: "IGNY8_LOG",
                message: format!("`{level}` is not a level; set error, warn, info, debug or trace"),
            })?,
        };
        whole_number(get("IGNY8_TRIAL_CREDITS"), 0..=MOST_TRIAL_CREDITS).map_err(|credits| SettingsError {
            name: "IGNY8_TRIAL_CREDITS",
            message: format!("`{credits}` is not from 0 to 1,000,000 credits; set a whole number, as 25"),
        })?;
        whole_number(get("AI_TIMEOUT_SECONDS"), 10..=280).map_err(|seconds| SettingsError {
            name: "AI_TIMEOUT_SECONDS",
            message: format!("`{seconds}` is not from 10 to 280 seconds; set a whole number, as 240"),
        })?;
        let mut passed_on: BTreeMap<String, String> =
            PASSED_ON.iter().filter_map(|name| Some(((*name).to_owned(), get(name)?.to_owned()))).collect();
        let ai = provider(get)?;
        passed_on.insert("IGNY8_AI".to_owned(), ai.to_owned());
        passed_on.insert("IGNY8_IMAGE_AI".to_owned(), image_provider(get, ai)?.to_owned());
        let data_dir = get("IGNY8_DATA_DIR").unwrap_or(".igny8").into();
        let web_dir = get("IGNY8_WEB_DIR").unwrap_or("web/dist").into();
        Ok(Self { address, data_dir, web_dir, log, passed_on })
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
        shared
    }
}

/// Refuses what is set and no whole number of the range, and gives it back.
fn whole_number(text: Option<&str>, range: RangeInclusive<u32>) -> Result<(), &str> {
    match text {
        Some(text) if !text.parse().is_ok_and(|number| range.contains(&number)) => Err(text),
        _ => Ok(()),
    }
}

/// Who makes pictures: Runware where there is a key of it, else OpenAI where that writes the texts, else `offline`.
fn image_provider<'a>(get: impl Fn(&str) -> Option<&'a str>, ai: &str) -> Result<&'a str, SettingsError> {
    for name in ["OPENAI_IMAGE_BASE_URL", "RUNWARE_BASE_URL"] {
        is_web_address(name, get(name))?;
    }
    let key = |name: &str| get(name).is_some_and(|key| !key.trim().is_empty());
    let follows = if key("RUNWARE_API_KEY") {
        "runware"
    } else if ai == "openai" {
        "openai"
    } else {
        "offline"
    };
    match get("IGNY8_IMAGE_AI").unwrap_or(follows) {
        "openai" if !key("OPENAI_API_KEY") => Err(SettingsError {
            name: "OPENAI_API_KEY",
            message: "is not set, and IGNY8_IMAGE_AI=openai needs it".to_owned(),
        }),
        "runware" if !key("RUNWARE_API_KEY") => Err(SettingsError {
            name: "RUNWARE_API_KEY",
            message: "is not set, and IGNY8_IMAGE_AI=runware needs it".to_owned(),
        }),
        known @ ("offline" | "openai" | "runware") => Ok(known),
        other => Err(SettingsError {
            name: "IGNY8_IMAGE_AI",
            message: format!("`{other}` makes no pictures; set offline, openai or runware"),
        }),
    }
}

/// Refuses what is set and no address of the web.
fn is_web_address(name: &'static str, url: Option<&str>) -> Result<(), SettingsError> {
    let Some(url) = url else { return Ok(()) };
    let parsed = url.trim().parse::<Uri>().ok();
    if parsed.is_some_and(|uri| uri.host().is_some() && matches!(uri.scheme_str(), Some("http" | "https"))) {
        return Ok(());
    }
    let example = match name {
        "OPENAI_BASE_URL" => "http://127.0.0.1:11434/v1",
        "ANTHROPIC_BASE_URL" => "https://api.anthropic.com",
        _ => "https://api.example.com/v1",
    };
    Err(SettingsError { name, message: format!("`{url}` is not an http or https address; set one, as {example}") })
}

/// Who answers; refused without what that one needs, since else only the first job would tell, item by item.
fn provider<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<&'a str, SettingsError> {
    for name in ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"] {
        is_web_address(name, get(name))?;
    }
    let (openai, anthropic) = (get("OPENAI_API_KEY"), get("ANTHROPIC_API_KEY"));
    let ai = get("IGNY8_AI").unwrap_or(match (openai, anthropic) {
        (Some(_), _) => "openai",
        (None, Some(_)) => "anthropic",
        (None, None) => "offline",
    });
    let blank = |key: Option<&str>| key.is_none_or(|key| key.trim().is_empty());
    match ai {
        "openai" if blank(openai) => Err(SettingsError {
            name: "OPENAI_API_KEY",
            message:
                "is not set, and IGNY8_AI=openai needs it; for a server of your own that takes no key, set any text"
                    .to_owned(),
        }),
        "anthropic" if blank(anthropic) => Err(SettingsError {
            name: "ANTHROPIC_API_KEY",
            message: "is not set, and IGNY8_AI=anthropic needs it".to_owned(),
        }),
        "offline" | "openai" | "anthropic" => Ok(ai),
        _ => {
            let message = format!("`{ai}` is no AI provider; set offline, openai or anthropic");
            Err(SettingsError { name: "IGNY8_AI", message })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{LevelFilter, Settings};

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
    fn pictures_follow_the_keys_too() {
        let images = |vars| settings(vars).map(|settings| settings.passed_on["IGNY8_IMAGE_AI"].clone());
        assert_eq!(images(&[]).unwrap(), "offline");
        assert_eq!(images(&[("ANTHROPIC_API_KEY", "k")]).unwrap(), "offline");
        assert_eq!(images(&[("OPENAI_API_KEY", "k")]).unwrap(), "openai");
        assert_eq!(images(&[("OPENAI_API_KEY", "k"), ("RUNWARE_API_KEY", "r")]).unwrap(), "runware");
        assert_eq!(images(&[("OPENAI_API_KEY", "k"), ("IGNY8_IMAGE_AI", "offline")]).unwrap(), "offline");
        assert!(images(&[("IGNY8_IMAGE_AI", "runware")]).unwrap_err().starts_with("RUNWARE_API_KEY"));
        assert!(images(&[("IGNY8_IMAGE_AI", "dali")]).unwrap_err().contains("offline, openai or runware"));
        assert!(images(&[("RUNWARE_BASE_URL", "ftp://x")]).unwrap_err().starts_with("RUNWARE_BASE_URL"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(settings(&[("IGNY8_ADDR", "here")]).unwrap_err().starts_with("IGNY8_ADDR: `here`"));
        for wrong in ["many", "-1", "1.5", "1000001", "99999999999999999999"] {
            let error = settings(&[("IGNY8_TRIAL_CREDITS", wrong)]).unwrap_err();
            assert!(error.starts_with("IGNY8_TRIAL_CREDITS") && error.contains("1,000,000"), "{error}");
        }
        assert!(settings(&[("IGNY8_TRIAL_CREDITS", "1000000")]).is_ok());
        assert!(settings(&[("IGNY8_LOG", "loud")]).unwrap_err().starts_with("IGNY8_LOG: `loud`"));
        assert_eq!(settings(&[("IGNY8_LOG", "info")]).unwrap().log, LevelFilter::INFO);
        assert!(settings(&[("AI_TIMEOUT_SECONDS", "300")]).unwrap_err().contains("10 to 280 seconds"));
        assert!(settings(&[("IGNY8_AI", "magic")]).unwrap_err().contains("offline, openai or anthropic"));
    }

    #[test]
    fn a_provider_without_what_it_needs_is_refused() {
        let error = |vars: &[(&str, &str)]| settings(vars).unwrap_err();
        let alone = error(&[("IGNY8_AI", "openai")]);
        assert!(alone.starts_with("OPENAI_API_KEY") && alone.contains("any text"), "{alone}");
        assert!(error(&[("IGNY8_AI", "openai"), ("OPENAI_API_KEY", " ")]).starts_with("OPENAI_API_KEY"));
        assert!(error(&[("IGNY8_AI", "anthropic"), ("OPENAI_API_KEY", "k")]).starts_with("ANTHROPIC_API_KEY"));
        for wrong in ["localhost:11434", "127.0.0.1:11434/v1", "/v1", "ftp://host/v1", "http://", "not an address"] {
            assert!(error(&[("OPENAI_BASE_URL", wrong)]).starts_with("OPENAI_BASE_URL: `"), "{wrong}");
        }
        let local = [("IGNY8_AI", "openai"), ("OPENAI_API_KEY", "any"), ("OPENAI_BASE_URL", "http://localhost:1/v1")];
        assert!(settings(&local).is_ok());
    }
}
