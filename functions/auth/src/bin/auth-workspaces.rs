//! Starts the function `auth-workspaces`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_auth::workspaces::FUNCTION)
}
