//! Starts the function `system-schedule_worker`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::schedule_worker::FUNCTION)
}
