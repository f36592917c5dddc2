//! Starts the function `writer-image-prompts-worker`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_writer::image_prompts_worker::FUNCTION)
}
