//! The smallest worker: the process test runs it against a Runtime API.

use std::process::ExitCode;

use igny8_core::Error;
use igny8_lambda::{FunctionSpec, Handler, serve};

const FUNCTION: FunctionSpec = FunctionSpec {
    name: "probe-queue",
    needs: &[],
    build: |_| {
        Ok(Handler::queue(|message, _| async move {
            if message.body == "fail" { Err(Error::unavailable("it was told to")) } else { Ok(()) }
        }))
    },
};

fn main() -> ExitCode {
    serve(FUNCTION)
}
