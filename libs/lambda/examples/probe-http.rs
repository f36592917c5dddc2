//! The smallest HTTP function: the process test runs it against a Runtime API.

use std::process::ExitCode;

use axum::{Extension, Router, extract::Path, routing::get};
use igny8_api::RequestId;
use igny8_lambda::{FunctionSpec, Handler, metrics, serve};

const FUNCTION: FunctionSpec = FunctionSpec {
    name: "probe-http",
    needs: &["TABLE_NAME"],
    build: |app| {
        let table = app.config.need("TABLE_NAME")?.to_owned();
        let greet = async move |Path(name): Path<String>, Extension(id): Extension<RequestId>| {
            metrics::count("greetings", 1);
            tracing::info!(name, "greeted");
            format!("Hello {name} from {table} in {}", id.0)
        };
        Ok(Handler::http(Router::new().route("/api/probe/{name}", get(greet))))
    },
};

fn main() -> ExitCode {
    serve(FUNCTION)
}
