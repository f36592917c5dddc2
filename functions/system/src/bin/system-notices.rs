//! Starts the function `system-notices`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::notices::FUNCTION)
}
