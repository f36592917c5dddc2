//! Starts the function `system-feed`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_system::feed::FUNCTION)
}
