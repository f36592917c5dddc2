//! Starts the function `planner-merge-worker`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_planner::merge_worker::FUNCTION)
}
