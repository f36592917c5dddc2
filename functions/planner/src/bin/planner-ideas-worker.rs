//! Starts the function `planner-ideas-worker`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_planner::ideas_worker::FUNCTION)
}
