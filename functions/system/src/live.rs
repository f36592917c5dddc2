//! The live feed's socket: who opens it, says something on it, or is gone.

use igny8_lambda::{FunctionSpec, Handler, SocketChange};

/// Takes the three routes of the WebSocket API.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-live",
    needs: &["TABLE_NAME", "LIVE_URL"],
    build: |app| {
        let (live, env) = (igny8_app::live(app), app.env.clone());
        Ok(Handler::socket(move |event, _| {
            let (live, env) = (live.clone(), env.clone());
            async move {
                match event.change {
                    SocketChange::Connect(query) => {
                        let ticket = query.get("ticket").map(String::as_str).unwrap_or_default();
                        live.connect(&env, &event.connection, ticket).await
                    }
                    SocketChange::Message(body) => live.hear(&env, &event.connection, &body).await,
                    SocketChange::Disconnect => live.disconnect(&env, &event.connection).await,
                }
            }
        }))
    },
};
