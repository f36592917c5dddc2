//! The process of a function on Lambda: settings, log, fail points, and the loop against the Runtime API.

use std::process::ExitCode;

use igny8_cloud::{Config, failpoint};
use igny8_core::{Env, Timestamp};
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::Value;
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{App, FunctionSpec, Invocation, StartError, metrics};

/// What the runtime itself would panic without.
const RUNTIME: [&str; 4] = [
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
];

/// Runs a function as the process of a Lambda, until Lambda ends it.
///
/// ```no_run
/// # use igny8_lambda::FunctionSpec;
/// # const FUNCTION: FunctionSpec = FunctionSpec { name: "x", needs: &[], build: |_| Ok(igny8_lambda::Handler::http(axum::Router::new())) };
/// fn main() -> std::process::ExitCode {
///     igny8_lambda::serve(FUNCTION)
/// }
/// ```
pub fn serve(function: FunctionSpec) -> ExitCode {
    match run(function) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(function = function.name, error = %error, "the function ends");
            ExitCode::FAILURE
        }
    }
}

fn run(function: FunctionSpec) -> Result<(), StartError> {
    let config = Config::from_env();
    log_to_stdout(config.as_ref().ok().and_then(|config| config.get("IGNY8_LOG")));
    let stop = |error: String| StartError(format!("{} cannot start: {error}", function.name));
    let config = config.map_err(|error| stop(error.to_string()))?;
    for name in RUNTIME {
        config.need(name).map_err(|error| stop(error.to_string()))?;
    }
    if let Some(plan) = config.get("IGNY8_FAILPOINTS")
        && !failpoint::arm(plan)
    {
        return Err(stop("IGNY8_FAILPOINTS must be seed:one_in[:prefix] or each:file".to_owned()));
    }
    // One thread: Lambda gives a process one call at a time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| stop(error.to_string()))?.block_on(async {
        let invoke = function.start(&App::new(config, Env::system()), metrics::to_stdout)?;
        let handler = service_fn(move |event: LambdaEvent<Value>| {
            let deadline = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
            let invocation = Invocation {
                request_id: event.context.request_id,
                function_name: function.name.to_owned(),
                deadline: Timestamp::from_millis(deadline),
            };
            invoke(event.payload, invocation)
        });
        Runtime::new(handler).run().await.map_err(|error| StartError(format!("the Runtime API failed: {error}")))
    })
}

/// Writes the log of this process to standard output, one JSON object a line.
///
/// `levels` is as `info` or `info,igny8_work=debug`; `info` without it or where it cannot be read. A second call does
/// nothing.
pub fn log_to_stdout(levels: Option<&str>) {
    let parsed = levels.map(str::parse::<Targets>);
    let levels_are_wrong = matches!(parsed, Some(Err(_)));
    let targets = parsed
        .and_then(Result::ok)
        .unwrap_or_else(|| Targets::new().with_default(tracing::level_filters::LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false).with_filter(targets);
    if tracing_subscriber::registry().with(lines).try_init().is_ok() && levels_are_wrong {
        tracing::warn!("IGNY8_LOG cannot be read; the log shows info and above");
    }
}
