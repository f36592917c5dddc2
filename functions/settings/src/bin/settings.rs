//! Starts the function `settings`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_settings::FUNCTION)
}
