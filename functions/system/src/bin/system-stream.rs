//! Starts the function `system-stream`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::stream::FUNCTION)
}
