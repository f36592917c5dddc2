//! Starts the function `publisher`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_publisher::publish::FUNCTION)
}
