//! Starts the function `system-jobs`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::jobs::FUNCTION)
}
