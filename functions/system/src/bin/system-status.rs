//! Starts the function `system-status`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::status::FUNCTION)
}
