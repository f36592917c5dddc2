//! Starts the function `writer-reparse`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_writer::reparse::FUNCTION)
}
