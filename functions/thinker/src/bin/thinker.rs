//! Starts the function `thinker`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_thinker::api::FUNCTION)
}
