//! Open WebSockets: what is sent to a connection goes through the management API of the WebSocket API.

use aws_sdk_apigatewaymanagement::{
    Client,
    config::Builder,
    operation::{delete_connection::DeleteConnectionError, post_to_connection::PostToConnectionError},
    primitives::Blob,
};

use crate::{Cloud, CloudError, failpoint};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It is on its way.
    Delivered,
    /// The connection is closed (410); nothing will ever reach it.
    Gone,
}

impl Cloud {
    /// The address that clients open, as `wss://….execute-api.….amazonaws.com/live`.
    pub fn socket_url(&self) -> Result<&str, CloudError> {
        Ok(self.config().need("LIVE_URL")?)
    }

    fn connections(&self) -> Result<&Client, CloudError> {
        if let Some(client) = self.0.connections.get() {
            return Ok(client);
        }
        let mut config = Builder::from(self.sdk_config());
        if self.config().endpoint.is_none() {
            // The management API answers at the address of the sockets, over HTTPS.
            config = config.endpoint_url(self.socket_url()?.replacen("ws", "http", 1));
        }
        Ok(self.0.connections.get_or_init(|| Client::from_conf(config.build())))
    }

    /// Sends a text to one connection; at most 128 KB.
    pub async fn send_to_connection(
        &self,
        point: failpoint::Point,
        connection: &str,
        text: String,
    ) -> Result<Sent, CloudError> {
        let request = self.connections()?.post_to_connection().connection_id(connection).data(Blob::new(text));
        match failpoint::around(point, request.send()).await {
            Ok(_) => Ok(Sent::Delivered),
            Err(error) if error.as_service_error().is_some_and(PostToConnectionError::is_gone_exception) => {
                Ok(Sent::Gone)
            }
            Err(error) => Err(CloudError::from_sdk(error)),
        }
    }

    /// Ends a connection; one that is gone already is no error.
    pub async fn end_connection(&self, point: failpoint::Point, connection: &str) -> Result<(), CloudError> {
        let request = self.connections()?.delete_connection().connection_id(connection);
        match failpoint::around(point, request.send()).await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(DeleteConnectionError::is_gone_exception) => Ok(()),
            Err(error) => Err(CloudError::from_sdk(error)),
        }
    }
}
