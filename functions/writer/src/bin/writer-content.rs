//! Starts the function `writer-content`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_writer::content::FUNCTION)
}
