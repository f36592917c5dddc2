//! Starts the function `billing`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_billing::account::FUNCTION)
}
