//! Starts the function `system-sweep`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::sweep::FUNCTION)
}
