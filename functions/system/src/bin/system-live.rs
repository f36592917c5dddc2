//! Starts the function `system-live`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::live::FUNCTION)
}
