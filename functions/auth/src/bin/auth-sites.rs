//! Starts the function `auth-sites`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_auth::sites::FUNCTION)
}
