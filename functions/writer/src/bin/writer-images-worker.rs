//! Starts the function `writer-images-worker`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_writer::images_worker::FUNCTION)
}
