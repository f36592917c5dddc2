//! The worker of scheduled runs.

use igny8_lambda::{FunctionSpec, Handler};

/// Takes messages of the queue `system-schedule`: one run of one schedule each.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-schedule-worker",
    needs: igny8_app::WORKER_NEEDS,
    build: |app| {
        let (automation, env) = (igny8_app::automation(app), app.env.clone());
        Ok(Handler::queue(move |message, _| {
            let (automation, env) = (automation.clone(), env.clone());
            async move { automation.handle(&env, &message.body).await }
        }))
    },
};
