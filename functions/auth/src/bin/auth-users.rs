//! Starts the function `auth-users`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_auth::users::FUNCTION)
}
