//! The whole of IGNY8 in one process: every function in the local cloud, each with its own clients and access key.
//!
//! `cargo xtask up` runs it; tests start it on a free port. Nothing here is in a deployed binary.

mod document;
mod functions;
mod log;
mod pages;
mod settings;
mod spa;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use igny8_accounts::Accounts;
use igny8_cloud::{Cloud, Config};
use igny8_core::Env;
use igny8_lambda::{App, Invocation, metrics};
use igny8_local::{Faults, Guests, LocalCloud, LocalError, Options, Registry, SiteResolver, SiteRoot, TemplateSource};
use igny8_table::Table;

pub use document::{document, parts};
pub use functions::functions;
pub use log::subscriber;
pub use settings::{Settings, SettingsError};

/// The description of everything that is deployed; the local cloud plays it.
pub const TEMPLATE: &str = include_str!("../../template.yaml");

/// The local process could not start.
#[derive(Debug, thiserror::Error)]
pub enum UpError {
    /// A setting is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The local cloud could not start.
    #[error(transparent)]
    Local(#[from] LocalError),
    /// A function could not start.
    #[error("{0}")]
    Function(String),
}

/// A running IGNY8.
pub struct Up {
    cloud: LocalCloud,
    url: String,
}

impl Up {
    /// Starts everything and returns once it serves.
    pub async fn start(settings: &Settings) -> Result<Self, UpError> {
        Self::start_with(settings, Arc::new(Faults::none()), true).await
    }

    /// The same with faults, and with schedules that run by themselves or not; for tests.
    pub async fn start_with(settings: &Settings, faults: Arc<Faults>, schedules: bool) -> Result<Self, UpError> {
        let mut options = Options::new(&settings.data_dir, TemplateSource::read(TEMPLATE)?);
        options.address = settings.address;
        // Where the pages are: the origin of uploads, and the start of links in mails.
        options.parameters.insert("AppUrl".to_owned(), "{gateway}".to_owned());
        options.faults = faults;
        options.schedules = schedules;
        let cloud = LocalCloud::open(options).await?;
        // Only now is the folder ours alone: two starts at once must not each make a key.
        let keys = settings.signing_keys()?;
        let url = format!("http://{}", display_address(cloud.url()));
        let shared = settings.environment(&url, &keys);
        if let Some(name) = cloud.environment("auth-session").and_then(|mut env| env.remove("SIGNING_KEY_SECRET_ARN")) {
            cloud.secrets().set(&name, &keys.secret)?;
        }

        let mut registry = Registry::new();
        for function in functions() {
            let mut vars = cloud.environment(function.name).ok_or_else(|| not_in_template(function.name))?;
            vars.extend(shared.clone());
            let config = Config::from_vars(vars).map_err(|error| UpError::Function(error.to_string()))?;
            let app = App::new(config, Env::system());
            let invoke =
                function.start(&app, metrics::nowhere).map_err(|error| UpError::Function(error.to_string()))?;
            registry.insert(
                function.name.to_owned(),
                Arc::new(move |event, context| {
                    invoke(
                        event,
                        Invocation {
                            request_id: context.request_id,
                            function_name: context.function_name,
                            deadline: igny8_core::Timestamp::from_millis(context.deadline_ms),
                        },
                    )
                }),
            );
        }

        let admin = admin(&cloud, &shared)?;
        let bucket = admin.config.get("BUCKET_NAME").unwrap_or_default().to_owned();
        let sites = Sites { accounts: Accounts::new(admin.table.clone(), admin.cloud.clone()), bucket };
        let live = url.replacen("http", "ws", 1);
        let uploads = admin.config.get("AWS_ENDPOINT_URL").unwrap_or_default();
        let spa = spa::router(&settings.web_dir, &live, uploads);
        let local = pages::router(admin.table.clone(), url.clone(), spa);
        cloud.serve(Guests { registry, sites: Some(Arc::new(sites)), local: Some(local) })?;
        Ok(Self { cloud, url })
    }

    /// Where it serves: `http://127.0.0.1:8010`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The local cloud underneath.
    pub const fn cloud(&self) -> &LocalCloud {
        &self.cloud
    }

    /// The environment of a function's real binary.
    pub fn environment(&self, settings: &Settings, function: &str) -> Result<BTreeMap<String, String>, UpError> {
        let keys = settings.signing_keys()?;
        let mut vars = self.cloud.environment(function).ok_or_else(|| not_in_template(function))?;
        vars.extend(settings.environment(&self.url, &keys));
        Ok(vars)
    }

    /// A table and clients that may do everything; for tests.
    pub fn admin(&self, settings: &Settings) -> Result<App, UpError> {
        let keys = settings.signing_keys()?;
        admin(&self.cloud, &settings.environment(&self.url, &keys))
    }

    /// Stops everything and waits for it.
    pub async fn stop(self) {
        self.cloud.shutdown().await;
    }
}

fn not_in_template(name: &str) -> UpError {
    UpError::Function(format!("{name} is not in template.yaml"))
}

/// Clients of someone who may do everything.
fn admin(cloud: &LocalCloud, shared: &BTreeMap<String, String>) -> Result<App, UpError> {
    // Any function that knows table and bucket will do; only the keys are another's.
    let mut vars =
        cloud.environment("publisher-deploy-worker").ok_or_else(|| not_in_template("publisher-deploy-worker"))?;
    vars.extend(shared.clone());
    let key = cloud.admin_key();
    vars.insert("AWS_ACCESS_KEY_ID".to_owned(), key.id);
    vars.insert("AWS_SECRET_ACCESS_KEY".to_owned(), key.secret);
    let config = Config::from_vars(vars).map_err(|error| UpError::Function(error.to_string()))?;
    let cloud = Cloud::new(config.clone());
    let env = Env::system();
    Ok(App { table: Table::new(cloud.clone(), env.clone()), config, cloud, env })
}

fn display_address(url: &str) -> &str {
    url.trim_start_matches("http://")
}

/// Finds the live version of a public site by its host name, as the edge does on AWS.
struct Sites {
    accounts: Accounts,
    bucket: String,
}

#[async_trait]
impl SiteResolver for Sites {
    async fn resolve(&self, host: &str) -> Option<SiteRoot> {
        let name = host.strip_suffix(".localhost").unwrap_or(host);
        match self.accounts.host(name).await {
            Ok(found) => {
                let prefix = found?.live_prefix?;
                Some(SiteRoot { bucket: self.bucket.clone(), prefix })
            }
            Err(error) => {
                tracing::error!(%error, cause = error.cause(), host, "a site could not be looked up");
                None
            }
        }
    }
}
