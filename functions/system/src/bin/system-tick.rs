//! Starts the function `system-tick`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::tick::FUNCTION)
}
