//! Starts the function `thinker-worker`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_thinker::worker::FUNCTION)
}
