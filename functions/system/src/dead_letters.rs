//! Dead letters: messages that no worker could handle. The item decides what becomes of it, not the message.

use igny8_lambda::{FunctionSpec, Handler};

/// Takes the messages of all dead-letter queues.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-dead-letters",
    needs: igny8_app::WORKER_NEEDS,
    build: |app| {
        let (work, env) = (igny8_app::work_of_all(app), app.env.clone());
        Ok(Handler::queue(move |message, _| {
            let (work, env) = (work.clone(), env.clone());
            async move {
                // A run of a schedule: its row is still due, and the tick sends it again.
                if igny8_automation::is_run(&message.body) {
                    tracing::warn!(body = message.body, "a run of a schedule could not be handled");
                    return Ok(());
                }
                let outcome = work.dead_letter(&env, &message.body).await?;
                tracing::warn!(?outcome, "a dead letter");
                Ok(())
            }
        }))
    },
};
