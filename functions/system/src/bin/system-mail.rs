//! Starts the function `system-mail`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::mail::FUNCTION)
}
