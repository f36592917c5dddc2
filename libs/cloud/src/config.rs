//! The configuration of one function, read once.

use std::collections::BTreeMap;

/// A setting that must be there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is not set")]
pub struct MissingSetting(pub String);

/// The configuration of one function: on Lambda its environment, in the local cloud a map of its own.
#[derive(Clone)]
pub struct Config {
    /// AWS region.
    pub region: String,
    /// Another AWS than the real one (the local cloud, moto, LocalStack).
    pub endpoint: Option<String>,
    pub(crate) access_key: String,
    pub(crate) secret_key: String,
    pub(crate) session_token: Option<String>,
    vars: BTreeMap<String, String>,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The variables may hold keys.
        f.debug_struct("Config").field("region", &self.region).field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Config {
    /// From the process's environment.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_env() -> Result<Self, MissingSetting> {
        Self::from_vars(std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))))
    }

    /// From name and value pairs.
    pub fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> Result<Self, MissingSetting> {
        let vars: BTreeMap<String, String> = vars.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let need = |name: &str| vars.get(name).cloned().ok_or_else(|| MissingSetting(name.to_owned()));
        Ok(Self {
            region: need("AWS_REGION").or_else(|missing| need("AWS_DEFAULT_REGION").map_err(|_| missing))?,
            endpoint: vars.get("AWS_ENDPOINT_URL").cloned(),
            access_key: need("AWS_ACCESS_KEY_ID")?,
            secret_key: need("AWS_SECRET_ACCESS_KEY")?,
            session_token: vars.get("AWS_SESSION_TOKEN").cloned(),
            vars,
        })
    }

    /// A variable, if it is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str)
    }

    /// A variable that must be set.
    pub fn need(&self, name: &str) -> Result<&str, MissingSetting> {
        self.get(name).ok_or_else(|| MissingSetting(name.to_owned()))
    }
}
