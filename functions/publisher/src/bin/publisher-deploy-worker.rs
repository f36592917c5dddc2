//! Starts the function `publisher-deploy-worker`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_publisher::deploy_worker::FUNCTION)
}
