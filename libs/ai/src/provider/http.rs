//! One POST of JSON to a provider: bounded in time and size, no redirects, TLS by rustls with ring.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{
    Client, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use rustls::{ClientConfig, RootCertStore};

use super::{ErrorClass, ProviderError};

/// The largest answer that is read, in bytes.
const MAX_BODY: usize = 8 * 1024 * 1024;
/// How long opening a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// The longest that a picture which is kept elsewhere is left there.
const SOON: Duration = Duration::from_mins(2);

/// What a provider answered, whatever the status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// A client that is made at the first call: loading the root certificates costs time that offline runs do not need.
#[derive(Default)]
pub(crate) struct Http(OnceLock<Client>);

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

impl Http {
    fn client(&self) -> Result<Client, ProviderError> {
        if let Some(client) = self.0.get() {
            return Ok(client.clone());
        }
        let client = build().map_err(|error| {
            ProviderError::new(
                ErrorClass::ForGood,
                "The service cannot open secure connections to the AI provider. Tell the operator.",
                format!("cannot make an HTTP client: {error}"),
            )
        })?;
        Ok(self.0.get_or_init(|| client).clone())
    }

    /// Sends `body` and reads the whole answer.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, &str)],
        body: String,
        timeout: Duration,
    ) -> Result<Answer, ProviderError> {
        self.post_up_to(url, headers, body, timeout, MAX_BODY).await
    }

    /// As [`Http::post`], with a bound of one's own on the answer, in bytes.
    pub(crate) async fn post_up_to(
        &self,
        url: &str,
        headers: &[(&'static str, &str)],
        body: String,
        timeout: Duration,
        most: usize,
    ) -> Result<Answer, ProviderError> {
        let mut request = self.client()?.post(url).timeout(timeout).body(body);
        request = request.header("content-type", "application/json").header("accept", "application/json");
        for (name, value) in headers {
            let mut value = HeaderValue::from_str(value).map_err(|_| {
                let sentence = "The API key of the AI provider holds characters that a key cannot have. Set it again.";
                ProviderError::new(ErrorClass::ForGood, sentence, format!("header {name} is not valid"))
            })?;
            value.set_sensitive(true);
            request = request.header(HeaderName::from_static(name), value);
        }
        read(request.send().await.map_err(unanswered)?, most).await
    }

    /// Fetches a picture from where a provider at `base_url` says that it lies; the key is not sent along.
    ///
    /// A provider that is reached by https sends nobody elsewhere by http.
    pub(crate) async fn picture(
        &self,
        url: &str,
        base_url: &str,
        most: usize,
        timeout: Duration,
    ) -> Result<Vec<u8>, ProviderError> {
        if !url.starts_with("https://") && base_url.starts_with("https://") {
            let sentence = "The image provider sent an address that is not fetched: only https is.";
            return Err(ProviderError::new(ErrorClass::ForGood, sentence, "an address without https"));
        }
        let answer = read(self.client()?.get(url).timeout(timeout).send().await.map_err(unanswered)?, most).await?;
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        Err(ProviderError::new(
            // It is not kept there for long.
            ErrorClass::RetryLater {
                after: super::classify::retry_after(&answer.headers).map(|after| after.min(SOON)),
            },
            "The image provider made a picture, but it could not be fetched.",
            format!("status {} for the picture", answer.status),
        ))
    }
}

async fn read(mut response: reqwest::Response, most: usize) -> Result<Answer, ProviderError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken_off)? {
        if body.len() + chunk.len() > most {
            return Err(ProviderError::new(
                ErrorClass::OtherModel,
                "The AI provider sent an answer far too large to be an article.",
                format!("more than {most} bytes, status {status}"),
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

fn build() -> Result<Client, Box<dyn std::error::Error + Send + Sync>> {
    let mut roots = RootCertStore::empty();
    // Some certificates of a machine may be unreadable; without any, every https call fails with its own message.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT)
        // The environment is read in one place of the house, and that is not here.
        .no_proxy()
        .user_agent("igny8")
        .build()?;
    Ok(client)
}

/// No answer had begun: only who keeps us waiting may have worked for us.
fn unanswered(error: reqwest::Error) -> ProviderError {
    let is_unanswered = error.is_timeout() && !error.is_connect();
    ProviderError { is_unanswered, ..transport(error) }
}

/// The answer had begun.
fn broken_off(error: reqwest::Error) -> ProviderError {
    ProviderError { is_unanswered: true, ..transport(error) }
}

/// Connections that fail or break are tried again later; a wrong address is not.
fn transport(error: reqwest::Error) -> ProviderError {
    let error = error.without_url();
    let detail = chain(&error);
    if error.is_builder() {
        let sentence = "The address of the AI provider is not valid. Correct it in the settings.";
        return ProviderError::new(ErrorClass::ForGood, sentence, detail);
    }
    let sentence = if error.is_timeout() {
        "The AI provider took too long to answer."
    } else if error.is_connect() {
        "The AI provider cannot be reached now."
    } else {
        "The connection to the AI provider broke."
    };
    ProviderError::new(ErrorClass::RetryLater { after: None }, sentence, detail)
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}
