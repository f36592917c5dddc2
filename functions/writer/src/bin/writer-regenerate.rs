//! Starts the function `writer-regenerate`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_writer::regenerate::FUNCTION)
}
