//! Starts the function `writer-sources`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_writer::sources::FUNCTION)
}
