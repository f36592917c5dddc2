//! Starts the function `system-dead-letters`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::dead_letters::FUNCTION)
}
