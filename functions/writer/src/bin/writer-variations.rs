//! Starts the function `writer-variations`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_writer::variations::FUNCTION)
}
