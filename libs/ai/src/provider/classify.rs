//! From a provider's refusal to one of three classes, by status and by what the body says.

use std::time::{Duration, UNIX_EPOCH};

use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;

use super::{ErrorClass, ProviderError, http::Answer};

/// A delay longer than this is taken for a mistake.
const MAX_DELAY: Duration = Duration::from_hours(24);
/// How much of a body goes to the log.
const LOGGED: usize = 600;

/// What a refusal is about, as far as its body says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Model,
    Context,
    Filter,
    Quota,
    Key,
    Format,
    MaxTokens,
    Temperature,
    Unknown,
}

/// The parts of an error body that matter, in lower case; empty when it is no JSON.
pub(crate) struct Reason {
    code: String,
    param: String,
    message: String,
    pub(crate) is_json: bool,
    /// What the model wrote, when the provider refused it itself for not being valid JSON (Groq).
    pub(crate) failed_generation: Option<String>,
}

impl Reason {
    pub(crate) fn of(body: &[u8]) -> Self {
        let value: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        // One vendor wraps the error object in a list, others put the text where the object should be.
        let value = value.get(0).cloned().unwrap_or(value);
        let error = value.get("error").unwrap_or(&value);
        let text = |name: &str| match error.get(name).or_else(|| value.get(name)) {
            Some(Value::String(text)) => text.to_lowercase(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string().to_lowercase(),
        };
        let message = match error {
            Value::String(text) => text.to_lowercase(),
            _ => [text("message"), text("detail")].join(" "),
        };
        Self {
            code: [text("code"), text("type"), text("status")].join(" "),
            param: text("param"),
            message,
            is_json: value.is_object(),
            failed_generation: error.get("failed_generation").and_then(Value::as_str).map(str::to_owned),
        }
    }

    /// True when the refusal is about this parameter.
    pub(crate) fn names(&self, param: &str) -> bool {
        self.param == param || self.message.contains(param)
    }

    pub(crate) fn about(&self) -> About {
        let says = |words: &[&str]| words.iter().any(|word| self.code.contains(word) || self.message.contains(word));
        if says(&[
            "insufficient_quota",
            "credit balance",
            "insufficient balance",
            "billing",
            "exceeded your current quota",
        ]) {
            About::Quota
        } else if says(&["invalid_api_key", "authentication_error", "permission_error", "api key"]) {
            About::Key
        } else if says(&["model_not_found", "model not found", "no such model", "unknown model"])
            || (self.message.contains("model")
                && says(&["does not exist", "not found", "not_found", "do not have access"]))
        {
            About::Model
        } else if says(&[
            "context_length",
            "context length",
            "context size",
            "context window",
            "exceed_context",
            "prompt is too long",
            "too many tokens",
            "maximum context",
        ]) {
            About::Context
        } else if says(&[
            "content_filter",
            "content_policy",
            "content management policy",
            "moderation",
            "safety system",
        ]) {
            About::Filter
        } else if self.param.starts_with("response_format")
            || says(&[
                "response_format",
                "response format",
                "json_schema",
                "json schema",
                "json_object",
                "json mode",
                "structured output",
                "output format",
                "grammar",
            ])
        {
            About::Format
        } else if self.param == "max_tokens" || self.message.contains("max_completion_tokens") {
            About::MaxTokens
        } else if self.param == "temperature" || self.message.contains("temperature") {
            About::Temperature
        } else {
            About::Unknown
        }
    }
}

/// The class of a refusal. `secret` is taken out of whatever is logged.
pub(crate) fn refusal(provider: &str, model: &str, secret: &str, answer: &Answer) -> ProviderError {
    let reason = Reason::of(&answer.body);
    let (class, sentence) = class_of(answer.status, &answer.headers, &reason);
    let body = String::from_utf8_lossy(&answer.body);
    ProviderError::new(class, sentence, detail(provider, model, secret, answer.status, &body))
}

/// The class of an error that came with status 200, as some gateways send it; `None` when the body is no error.
pub(crate) fn hidden(provider: &str, model: &str, secret: &str, answer: &Answer) -> Option<ProviderError> {
    let value: Value = serde_json::from_slice(&answer.body).ok()?;
    let error = value.get("error").filter(|error| !error.is_null())?;
    let code = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    let status = code.and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(StatusCode::BAD_GATEWAY);
    let (class, sentence) = class_of(status, &answer.headers, &Reason::of(&answer.body));
    let body = String::from_utf8_lossy(&answer.body);
    Some(ProviderError::new(class, sentence, detail(provider, model, secret, status, &body)))
}

/// An answer with a good status that is not what the API promises: most likely the address is wrong.
pub(crate) fn alien(provider: &str, model: &str, secret: &str, answer: &Answer) -> ProviderError {
    let body = String::from_utf8_lossy(&answer.body);
    ProviderError::new(
        ErrorClass::ForGood,
        "What answers at the address of the AI provider does not speak its API. Check the base address (it ends in /v1).",
        detail(provider, model, secret, answer.status, &body),
    )
}

fn detail(provider: &str, model: &str, secret: &str, status: StatusCode, body: &str) -> String {
    let short: String = body.chars().take(LOGGED).collect();
    let short = if secret.is_empty() { short } else { short.replace(secret, "[key]") };
    format!("{provider} model {model}: status {}: {short}", status.as_u16())
}

fn class_of(status: StatusCode, headers: &HeaderMap, reason: &Reason) -> (ErrorClass, &'static str) {
    let about = reason.about();
    let quota = "The account at the AI provider has no credit left. Top it up there, then retry the failed items.";
    let key = "The AI provider does not accept the API key. Set a valid key, then retry the failed items.";
    match (status.as_u16(), about) {
        (402, _) | (400..=499, About::Quota) => (ErrorClass::ForGood, quota),
        (401 | 403, _) | (400, About::Key) => (ErrorClass::ForGood, key),
        (429, _) => {
            (ErrorClass::RetryLater { after: retry_after(headers) }, "The AI provider has too many requests now.")
        }
        (408 | 409 | 425 | 500..=599, _) => {
            (ErrorClass::RetryLater { after: retry_after(headers) }, "The AI provider has a problem now.")
        }
        (300..=399, _) => (
            ErrorClass::ForGood,
            "The address of the AI provider redirects elsewhere, and keys are not sent along. Correct the address.",
        ),
        (404, _) if !reason.is_json => {
            (ErrorClass::ForGood, "There is no AI provider at the address that is set. Check it (it ends in /v1).")
        }
        (404, _) | (_, About::Model) => {
            (ErrorClass::OtherModel, "The AI provider does not know the model that is set. Choose another model.")
        }
        (413, _) | (_, About::Context) => (
            ErrorClass::OtherModel,
            "The text is too long for the AI model. Choose a model with a larger context, or less text.",
        ),
        (_, About::Filter) => (
            ErrorClass::OtherModel,
            "The AI provider's content filter refused this. Change the keywords or the prompt.",
        ),
        _ => (ErrorClass::OtherModel, "The AI model refused the request. Choose another model, or tell the operator."),
    }
}

/// The provider's own delay: `retry-after-ms`, or `retry-after` in seconds or as a date.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(millis) = text("retry-after-ms").and_then(|value| value.parse::<f64>().ok()) {
        return delay(millis / 1000.0);
    }
    let value = text("retry-after")?;
    if let Ok(seconds) = value.parse::<f64>() {
        return delay(seconds);
    }
    // A date counts from the provider's own clock, which it sends along.
    let until = httpdate::parse_http_date(value).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let now = httpdate::parse_http_date(text("date")?).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(until.saturating_sub(now).min(MAX_DELAY))
}

fn delay(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().map(|delay| delay.min(MAX_DELAY))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    type Headers = &'static [(&'static str, &'static str)];

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| ((*name).parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn delays_in_all_forms() {
        let cases: [(Headers, Option<u64>); 7] = [
            (&[("retry-after", "20")], Some(20_000)),
            (&[("retry-after", "0.5")], Some(500)),
            (&[("retry-after-ms", "750"), ("retry-after", "1")], Some(750)),
            (
                &[("retry-after", "Sun, 22 Nov 2026 01:00:30 GMT"), ("date", "Sun, 22 Nov 2026 01:00:00 GMT")],
                Some(30_000),
            ),
            (&[("retry-after", "-3")], None),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "1e300")], None),
        ];
        for (pairs, expected) in cases {
            assert_eq!(retry_after(&headers(pairs)), expected.map(Duration::from_millis), "{pairs:?}");
        }
    }

    #[test]
    fn refusals_are_classed_by_what_they_say() {
        let cases = [
            (
                400,
                r#"{"error":{"code":"model_not_found","message":"The requested model 'x' does not exist."}}"#,
                "other",
            ),
            (
                400,
                r#"{"error":{"type":"exceed_context_size_error","message":"the request exceeds the available context size"}}"#,
                "other",
            ),
            (
                400,
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}"#,
                "good",
            ),
            (429, r#"{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}"#, "good"),
            (429, r#"{"error":{"message":"slow down"}}"#, "later"),
            (529, r#"{"error":{"type":"overloaded_error"}}"#, "later"),
            (404, "<html>nothing</html>", "good"),
            (404, r#"{"error":"model 'x' not found"}"#, "other"),
            (402, "", "good"),
            (403, "blocked", "good"),
            (302, "", "good"),
            (504, "<html>", "later"),
            (413, "", "other"),
        ];
        for (status, body, expected) in cases {
            let answer = Answer {
                status: StatusCode::from_u16(status).unwrap(),
                headers: HeaderMap::new(),
                body: body.as_bytes().to_vec(),
            };
            let class = match refusal("openai", "x", "sk-secret", &answer).class {
                ErrorClass::RetryLater { .. } => "later",
                ErrorClass::OtherModel => "other",
                ErrorClass::ForGood => "good",
            };
            assert_eq!(class, expected, "{status} {body}");
        }
    }

    #[test]
    fn the_key_never_reaches_the_log() {
        let body = r#"{"error":{"message":"Incorrect API key provided: sk-secret"}}"#;
        let answer = Answer { status: StatusCode::UNAUTHORIZED, headers: HeaderMap::new(), body: body.into() };
        let error = refusal("openai", "x", "sk-secret", &answer);
        assert!(!error.to_string().contains("sk-secret") && error.detail.contains("[key]"));
    }
}
