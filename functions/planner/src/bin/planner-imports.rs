//! Starts the function `planner-imports`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_planner::imports::FUNCTION)
}
