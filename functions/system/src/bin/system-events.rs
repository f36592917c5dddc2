//! Starts the function `system-events`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::events::FUNCTION)
}
