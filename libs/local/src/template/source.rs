//! CloudFormation's own language: short tags, parameters, conditions and intrinsic functions, over JSON values.
//!
//! Nothing here knows what a function or a queue is; `mod.rs` reads those.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::place::{LocalError, Place, Result};

/// A template as written: YAML with its short tags turned into their long form (`!Ref X` into `{"Ref": "X"}`).
#[derive(Debug, Clone)]
pub struct TemplateSource(pub(super) Value);

impl TemplateSource {
    /// Reads YAML (or JSON, which is YAML).
    pub fn read(text: &str) -> Result<Self> {
        let yaml: yaml_serde::Value = yaml_serde::from_str(text).map_err(|e| LocalError::Template(e.to_string()))?;
        Ok(Self(long_form(yaml)?))
    }
}

/// Turns YAML into JSON; a tag `!X` becomes `{"Fn::X": …}`, and `!Ref` and `!Condition` their own keys.
fn long_form(yaml: yaml_serde::Value) -> Result<Value> {
    use yaml_serde::Value as Yaml;
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => Value::Bool(flag),
        Yaml::Number(number) => {
            if let Some(integer) = number.as_i64() {
                Value::from(integer)
            } else {
                number.as_f64().map_or(Value::Null, Value::from)
            }
        }
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(long_form).collect::<Result<_>>()?),
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let key = match key {
                    Yaml::String(key) => key,
                    Yaml::Number(key) => key.to_string(),
                    Yaml::Bool(key) => key.to_string(),
                    other => return Err(LocalError::Template(format!("a key must be a text, not {other:?}"))),
                };
                map.insert(key, long_form(value)?);
            }
            Value::Object(map)
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let mut value = long_form(tagged.value)?;
            let key = match name {
                "Ref" | "Condition" => name.to_owned(),
                _ => format!("Fn::{name}"),
            };
            if name == "GetAtt"
                && let Value::String(text) = &value
            {
                let (resource, attribute) = text.split_once('.').unwrap_or((text, "Arn"));
                value = Value::from(vec![resource, attribute]);
            }
            Value::Object(Map::from_iter([(key, value)]))
        }
    })
}

/// Gives the values of resources: what `Ref` and `GetAtt` mean for them.
pub(super) trait Resources {
    /// What `Ref` of a resource gives.
    fn reference(&self, id: &str, resource: &Value, resolver: &Resolver<'_>) -> Result<String>;
    /// What `GetAtt` of a resource gives.
    fn attribute(&self, id: &str, attribute: &str, resource: &Value, resolver: &Resolver<'_>) -> Result<String>;
}

/// Works out intrinsic functions.
pub(super) struct Resolver<'a> {
    pub(super) root: &'a Value,
    pub(super) place: &'a Place,
    parameters: BTreeMap<String, Value>,
    resources: &'a dyn Resources,
}

/// What `AWS::NoValue` becomes before it is taken out of the map or list around it.
const NO_VALUE: &str = "\u{0}no-value";

impl<'a> Resolver<'a> {
    pub(super) fn new(
        source: &'a TemplateSource,
        place: &'a Place,
        overrides: &BTreeMap<String, String>,
        resources: &'a dyn Resources,
    ) -> Result<Self> {
        let mut parameters = BTreeMap::new();
        if let Some(declared) = source.0["Parameters"].as_object() {
            for (name, parameter) in declared {
                let value = overrides.get(name).map(|text| Value::from(text.as_str()));
                let value = value.or_else(|| parameter.get("Default").cloned()).unwrap_or_default();
                parameters.insert(name.clone(), value);
            }
        }
        let declared: BTreeSet<&String> = parameters.keys().collect();
        if let Some(unknown) = overrides.keys().find(|name| !declared.contains(name)) {
            return Err(LocalError::Template(format!("there is no parameter {unknown}")));
        }
        Ok(Self { root: &source.0, place, parameters, resources })
    }

    /// The declared resource of that id.
    pub(super) fn resource(&self, id: &str) -> Option<&'a Value> {
        self.root["Resources"].get(id)
    }

    /// Whether a named condition holds.
    pub(super) fn condition(&self, name: &str) -> Result<bool> {
        let condition = self.root["Conditions"]
            .get(name)
            .ok_or_else(|| LocalError::Template(format!("there is no condition {name}")))?;
        truth(&self.resolve(condition)?)
    }

    /// The value with every intrinsic function worked out.
    pub(super) fn resolve(&self, value: &Value) -> Result<Value> {
        match value {
            Value::Array(items) => {
                let items = items.iter().map(|item| self.resolve(item)).collect::<Result<Vec<_>>>()?;
                Ok(Value::Array(items.into_iter().filter(|item| item != NO_VALUE).collect()))
            }
            Value::Object(map) => {
                if let Some((name, argument)) = map.iter().next().filter(|_| map.len() == 1)
                    && (name == "Ref" || name == "Condition" || name.starts_with("Fn::"))
                    // `Condition` is also the key of a policy statement, where it holds a map.
                    && (name != "Condition" || argument.is_string())
                {
                    return self.call(name, argument);
                }
                let mut out = Map::new();
                for (key, item) in map {
                    let item = self.resolve(item)?;
                    if item != NO_VALUE {
                        out.insert(key.clone(), item);
                    }
                }
                Ok(Value::Object(out))
            }
            other => Ok(other.clone()),
        }
    }

    /// The value as text; numbers and flags are written out as CloudFormation does.
    pub(super) fn text(&self, value: &Value) -> Result<String> {
        plain(&self.resolve(value)?)
    }

    fn call(&self, name: &str, argument: &Value) -> Result<Value> {
        let list = || argument.as_array().ok_or_else(|| wrong(name, argument));
        let at = |position: usize| list()?.get(position).ok_or_else(|| wrong(name, argument));
        Ok(match name {
            "Ref" => self.reference(argument.as_str().ok_or_else(|| wrong(name, argument))?)?,
            "Condition" => Value::Bool(self.condition(argument.as_str().unwrap_or_default())?),
            "Fn::GetAtt" => {
                let (id, attribute) = match argument {
                    Value::String(text) => text.split_once('.').ok_or_else(|| wrong(name, argument))?,
                    _ => (at(0)?.as_str().unwrap_or_default(), at(1)?.as_str().unwrap_or_default()),
                };
                Value::from(self.attribute(id, attribute)?)
            }
            "Fn::Sub" => Value::from(self.substitute(argument)?),
            "Fn::Join" => {
                let between = self.text(at(0)?)?;
                let parts = self.resolve(at(1)?)?;
                let parts = parts.as_array().ok_or_else(|| wrong(name, argument))?;
                Value::from(parts.iter().map(plain).collect::<Result<Vec<_>>>()?.join(&between))
            }
            "Fn::Select" => {
                let position: usize = self.text(at(0)?)?.parse().map_err(|_| wrong(name, argument))?;
                self.resolve(at(1)?)?.get(position).cloned().ok_or_else(|| wrong(name, argument))?
            }
            "Fn::Split" => {
                let between = self.text(at(0)?)?;
                Value::from(self.text(at(1)?)?.split(&between).collect::<Vec<_>>())
            }
            "Fn::If" => {
                let holds = self.condition(at(0)?.as_str().unwrap_or_default())?;
                self.resolve(at(if holds { 1 } else { 2 })?)?
            }
            "Fn::Equals" => Value::Bool(self.text(at(0)?)? == self.text(at(1)?)?),
            "Fn::Not" => Value::Bool(!truth(&self.resolve(at(0)?)?)?),
            "Fn::And" => Value::Bool(self.all(list()?)?.into_iter().all(|holds| holds)),
            "Fn::Or" => Value::Bool(self.all(list()?)?.into_iter().any(|holds| holds)),
            "Fn::FindInMap" => {
                let (map, first, second) = (self.text(at(0)?)?, self.text(at(1)?)?, self.text(at(2)?)?);
                let found = &self.root["Mappings"][&map][&first][&second];
                if found.is_null() {
                    return Err(wrong(name, argument));
                }
                self.resolve(found)?
            }
            "Fn::ToJsonString" => Value::from(self.resolve(argument)?.to_string()),
            "Fn::Length" => Value::from(self.resolve(argument)?.as_array().map_or(0, Vec::len)),
            "Fn::Base64" => {
                use base64::Engine as _;
                Value::from(base64::engine::general_purpose::STANDARD.encode(self.text(argument)?))
            }
            _ => return Err(LocalError::Template(format!("{name} cannot be worked out here"))),
        })
    }

    fn all(&self, items: &[Value]) -> Result<Vec<bool>> {
        items.iter().map(|item| truth(&self.resolve(item)?)).collect()
    }

    fn reference(&self, name: &str) -> Result<Value> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        let text = match name {
            "AWS::Region" => self.place.region.clone(),
            "AWS::AccountId" => self.place.account.clone(),
            "AWS::StackName" => self.place.stack.clone(),
            "AWS::StackId" => self.place.arn("cloudformation", format_args!("stack/{}/local", self.place.stack)),
            "AWS::Partition" => "aws".into(),
            "AWS::URLSuffix" => "amazonaws.com".into(),
            "AWS::NoValue" => NO_VALUE.into(),
            _ => {
                // SAM makes an HttpApi of that name by itself.
                if name == "ServerlessHttpApi" {
                    return Ok(Value::from("local"));
                }
                let resource = self.find(name)?;
                self.resources.reference(name, resource, self)?
            }
        };
        Ok(Value::from(text))
    }

    fn attribute(&self, id: &str, attribute: &str) -> Result<String> {
        // SAM makes `<Function>Url` (with FunctionUrl) and `<Function>Role` out of a function.
        for suffix in ["Url", "Role"] {
            if self.resource(id).is_none()
                && let Some(function) = id.strip_suffix(suffix)
                && let Some(resource) = self.resource(function)
            {
                return self.resources.attribute(function, attribute, resource, self);
            }
        }
        let resource = self.find(id)?;
        self.resources.attribute(id, attribute, resource, self)
    }

    fn find(&self, id: &str) -> Result<&'a Value> {
        self.resource(id).ok_or_else(|| LocalError::Template(format!("there is no resource or parameter {id}")))
    }

    /// `${Name}`, `${Name.Attribute}`, `${!literal}` and names from the map of the two-argument form.
    fn substitute(&self, argument: &Value) -> Result<String> {
        let nothing = Map::new();
        let (text, names) = match argument {
            Value::String(text) => (text.as_str(), &nothing),
            Value::Array(items) => (
                items.first().and_then(Value::as_str).unwrap_or_default(),
                items.get(1).and_then(Value::as_object).unwrap_or(&nothing),
            ),
            other => return Err(wrong("Fn::Sub", other)),
        };
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            out.push_str(&rest[..start]);
            let Some(length) = rest[start..].find('}') else {
                return Err(LocalError::Template(format!("unclosed ${{ in {text}")));
            };
            let name = &rest[start + 2..start + length];
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str("${");
                out.push_str(literal);
                out.push('}');
            } else if let Some(value) = names.get(name) {
                out.push_str(&self.text(value)?);
            } else if let Some((id, attribute)) = name.split_once('.') {
                out.push_str(&self.attribute(id, attribute)?);
            } else {
                out.push_str(&plain(&self.reference(name)?)?);
            }
            rest = &rest[start + length + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }
}

fn wrong(name: &str, argument: &Value) -> LocalError {
    LocalError::Template(format!("{name} cannot take {argument}"))
}

fn truth(value: &Value) -> Result<bool> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        other => Err(LocalError::Template(format!("{other} is no condition"))),
    }
}

fn plain(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Null => Ok(String::new()),
        other => Err(LocalError::Template(format!("expected a text, found {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Names;
    impl Resources for Names {
        fn reference(&self, id: &str, _: &Value, _: &Resolver<'_>) -> Result<String> {
            Ok(id.to_lowercase())
        }
        fn attribute(&self, id: &str, attribute: &str, _: &Value, _: &Resolver<'_>) -> Result<String> {
            Ok(format!("{id}/{attribute}"))
        }
    }

    fn resolved(text: &str, stage: &str) -> Value {
        let source = TemplateSource::read(text).unwrap();
        let place = Place::default();
        let overrides = BTreeMap::from([("Stage".to_owned(), stage.to_owned())]);
        let resolver = Resolver::new(&source, &place, &overrides, &Names).unwrap();
        resolver.resolve(&source.0["Out"]).unwrap()
    }

    #[test]
    fn works_out_the_intrinsic_functions() {
        let text = r#"
Parameters: {Stage: {Type: String, Default: dev}, Size: {Type: Number, Default: 5}}
Mappings: {Sizes: {prod: {Memory: 512}, dev: {Memory: 128}}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsNot: !Not [!Condition IsProd]
  Either: !Or [!Condition IsProd, !Condition IsNot]
Resources: {Table: {Type: X}}
Out:
  ref: !Ref Table
  att: !GetAtt Table.Stream.Arn
  sub: !Sub "${AWS::Region}/${Table}/${Table.Arn}/${!kept}/${Size}"
  sub2: !Sub ["${a}-${Stage}", {a: !Ref Table}]
  if: !If [IsProd, big, !If [Either, small, none]]
  gone: !If [IsProd, 1, !Ref AWS::NoValue]
  list: [!Ref AWS::NoValue, !Join ["-", [a, !Ref Size]]]
  map: !FindInMap [Sizes, !Ref Stage, Memory]
  pick: !Select [1, !Split [",", "x,y"]]
  long: {"Fn::Join": ["", ["a", {"Ref": "Stage"}]]}
  statement: {Condition: {StringEquals: {a: !Ref Stage}}}
"#;
        let out = resolved(text, "dev");
        assert_eq!(
            out,
            serde_json::json!({
                "ref": "table", "att": "Table/Stream.Arn", "sub": "eu-central-1/table/Table/Arn/${kept}/5",
                "sub2": "table-dev", "if": "small", "list": ["a-5"], "map": 128, "pick": "y", "long": "adev",
                "statement": {"Condition": {"StringEquals": {"a": "dev"}}}
            })
        );
        let out = resolved(text, "prod");
        assert_eq!((&out["if"], &out["gone"], &out["map"]), (&"big".into(), &1.into(), &512.into()));
    }

    #[test]
    fn says_what_is_missing() {
        let source = TemplateSource::read("Out: !Ref Nowhere").unwrap();
        let place = Place::default();
        let resolver = Resolver::new(&source, &place, &BTreeMap::new(), &Names).unwrap();
        let error = resolver.resolve(&source.0["Out"]).unwrap_err();
        assert!(error.to_string().contains("Nowhere"), "{error}");
        assert!(
            Resolver::new(&source, &place, &BTreeMap::from([("X".into(), String::new())]), &Names).is_err(),
            "an override of nothing is a mistake"
        );
    }
}
