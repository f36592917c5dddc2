//! AWS from one configuration: objects, queues, secrets, the event bus, open sockets and fail points.
//!
//! The only room that reads the environment. It knows no domain; clients are made when first used, and share one
//! HTTP connector.

mod bus;
mod config;
mod connections;
mod error;
pub mod failpoint;
mod objects;
mod queues;
mod secrets;

use std::sync::{Arc, OnceLock};

use aws_credential_types::Credentials;
use aws_smithy_http_client::{
    Builder as HttpBuilder,
    tls::{Provider as Tls, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, region::Region};

pub use bus::Event;
pub use config::{Config, MissingSetting};
pub use connections::Sent;
pub use error::CloudError;
pub use queues::{Message, Queue};

/// Everything outside of the process, for one function: its configuration and its clients.
///
/// Cheap to clone.
#[derive(Clone)]
pub struct Cloud(Arc<Inner>);

struct Inner {
    config: Config,
    sdk: OnceLock<SdkConfig>,
    #[allow(clippy::disallowed_types, reason = "objects live here")]
    s3: OnceLock<aws_sdk_s3::Client>,
    #[allow(clippy::disallowed_types, reason = "queues live here")]
    sqs: OnceLock<aws_sdk_sqs::Client>,
    secrets: OnceLock<aws_sdk_secretsmanager::Client>,
    bus: OnceLock<aws_sdk_eventbridge::Client>,
    connections: OnceLock<aws_sdk_apigatewaymanagement::Client>,
}

impl std::fmt::Debug for Cloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cloud")
    }
}

impl Cloud {
    /// A cloud with this configuration; nothing is connected yet.
    pub fn new(config: Config) -> Self {
        Self(Arc::new(Inner {
            config,
            sdk: OnceLock::new(),
            s3: OnceLock::new(),
            sqs: OnceLock::new(),
            secrets: OnceLock::new(),
            bus: OnceLock::new(),
            connections: OnceLock::new(),
        }))
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The shared part of every AWS client: region, endpoint, credentials, HTTP connector, retries and timeouts.
    ///
    /// Credentials come from the configuration alone (Lambda puts them into the environment), so that a cold start
    /// asks no provider chain.
    pub fn sdk_config(&self) -> &SdkConfig {
        self.0.sdk.get_or_init(|| {
            let config = &self.0.config;
            let credentials = Credentials::new(
                config.access_key.clone(),
                config.secret_key.clone(),
                config.session_token.clone(),
                None,
                "environment",
            );
            let mut sdk = SdkConfig::builder()
                .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
                .region(Region::new(config.region.clone()))
                .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(credentials))
                .http_client(http_client(config.endpoint.as_deref()))
                .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
                .time_source(aws_smithy_async::time::SystemTimeSource::new())
                .retry_config(RetryConfig::standard().with_max_attempts(4))
                .timeout_config(
                    TimeoutConfig::builder()
                        .connect_timeout(std::time::Duration::from_secs(2))
                        .operation_attempt_timeout(std::time::Duration::from_secs(10))
                        .build(),
                );
            if let Some(endpoint) = &config.endpoint {
                sdk = sdk.endpoint_url(endpoint);
            }
            sdk.build()
        })
    }
}

/// TLS is only set up where it is needed: an emulator on loopback speaks plain HTTP.
fn http_client(endpoint: Option<&str>) -> SharedHttpClient {
    match endpoint {
        Some(endpoint) if endpoint.starts_with("http://") => HttpBuilder::new().build_http(),
        _ => HttpBuilder::new().tls_provider(Tls::Rustls(CryptoMode::Ring)).build_https(),
    }
}
