//! Starts the function `auth-session`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_auth::session::FUNCTION)
}
