//! Starts the function `writer-tasks`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_writer::tasks::FUNCTION)
}
