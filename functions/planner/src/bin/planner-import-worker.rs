//! Starts the function `planner-import-worker`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_planner::import_worker::FUNCTION)
}
