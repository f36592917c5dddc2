//! Starts the function `writer-generate`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_writer::generate::FUNCTION)
}
