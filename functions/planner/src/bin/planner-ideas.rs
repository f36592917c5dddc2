//! Starts the function `planner-ideas`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_planner::ideas::FUNCTION)
}
