//! WebSocket APIs: SAM has no short form for them, so the API, its stage, routes and integrations are resources each.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{SocketApi, Template, missing, source::Resolver};
use crate::place::{LocalError, Result, last_part};

/// The WebSocket APIs among the resources, by logical id.
pub(super) fn apis(
    resources: &Map<String, Value>,
    resolver: &Resolver<'_>,
    template: &Template,
) -> Result<BTreeMap<String, SocketApi>> {
    let of = |kind: &'static str| {
        resources.iter().filter(move |(_, resource)| resource["Type"] == format!("AWS::ApiGatewayV2::{kind}").as_str())
    };
    let mut out = BTreeMap::new();
    for (id, _) in of("Api").filter(|(_, api)| api["Properties"]["ProtocolType"] == "WEBSOCKET") {
        out.insert(id.clone(), SocketApi { id: id.clone(), ..SocketApi::default() });
    }
    let mut functions = BTreeMap::new();
    for (id, integration) in of("Integration") {
        // arn:aws:apigateway:region:lambda:path/2015-03-31/functions/<ARN of the function>/invocations
        let uri = resolver.text(&integration["Properties"]["IntegrationUri"])?;
        let arn = uri.split("/functions/").nth(1).and_then(|rest| rest.strip_suffix("/invocations"));
        let function = arn.and_then(|arn| template.function(last_part(arn)));
        let function = function.ok_or_else(|| missing(id, "an IntegrationUri that is a function's"))?;
        functions.insert(id.clone(), function.id.clone());
    }
    for (id, stage) in of("Stage") {
        let api = resolver.text(&stage["Properties"]["ApiId"])?;
        if let Some(api) = out.get_mut(&api) {
            api.stage = resolver.text(&stage["Properties"]["StageName"])?;
            if api.stage.starts_with('$') {
                return Err(missing(id, "a StageName of letters: a WebSocket API has no $default"));
            }
        }
    }
    for (id, route) in of("Route") {
        let properties = resolver.resolve(&route["Properties"])?;
        let text = |key: &str| properties[key].as_str().ok_or_else(|| missing(id, key));
        let Some(api) = out.get_mut(text("ApiId")?) else { continue };
        let target = text("Target")?.trim_start_matches("integrations/");
        let function = functions.get(target).ok_or_else(|| missing(id, "a Target that is an integration"))?;
        api.routes.insert(text("RouteKey")?.to_owned(), function.clone());
    }
    if let Some(api) = out.values().find(|api| api.stage.is_empty()) {
        return Err(LocalError::Template(format!("{} needs a stage", api.id)));
    }
    Ok(out)
}
