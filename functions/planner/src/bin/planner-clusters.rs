//! Starts the function `planner-clusters`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_planner::clusters::FUNCTION)
}
