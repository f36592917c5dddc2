//! Starts the function `writer-generate-worker`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_writer::generate_worker::FUNCTION)
}
