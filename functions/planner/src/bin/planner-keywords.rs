//! Starts the function `planner-keywords`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_planner::keywords::FUNCTION)
}
