//! Starts the function `writer-images`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_writer::images::FUNCTION)
}
