//! Starts the function `planner-cluster`.

fn main() -> std::process::ExitCode {
    igny8_lambda::serve(igny8_fn_planner::cluster::FUNCTION)
}
