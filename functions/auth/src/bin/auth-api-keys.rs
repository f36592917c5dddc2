//! Starts the function `auth-api-keys`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_auth::api_keys::FUNCTION)
}
