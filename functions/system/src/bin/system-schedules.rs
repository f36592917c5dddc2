//! Starts the function `system-schedules`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::schedules::FUNCTION)
}
