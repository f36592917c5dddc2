//! Secrets Manager: names and texts in one file that is replaced as a whole.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use igny8_core::Env;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{ApiError, JsonResult};
use crate::{
    iam::Need,
    place::{LocalError, Place, Result},
    private,
    template::{Secret, SecretValue},
};

/// The version that a secret has now.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    binary: Option<String>,
    version: String,
    created: i64,
}

/// All secrets.
#[derive(Debug)]
pub struct Secrets {
    place: Place,
    file: PathBuf,
    env: Env,
    stored: Mutex<BTreeMap<String, Stored>>,
}

impl Secrets {
    /// Reads the file, if there is one.
    pub fn open(file: &Path, place: Place, env: Env) -> Result<Arc<Self>> {
        private::restrict(file).map_err(LocalError::io("the secrets' file"))?;
        let stored = match std::fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|e| LocalError::Refused(format!("{} cannot be read: {e}", file.display())))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(LocalError::io("the secrets' file")(error)),
        };
        Ok(Arc::new(Self { place, file: file.to_owned(), env, stored: Mutex::new(stored) }))
    }

    /// Makes a declared secret, unless it is there already.
    pub fn create(&self, secret: &Secret) -> Result<()> {
        if self.get(&secret.name).is_some() {
            return Ok(());
        }
        let text = match &secret.initial {
            SecretValue::Empty => return Ok(()),
            SecretValue::Text(text) => text.clone(),
            SecretValue::Generated { length, template } => {
                let random = self.random(*length);
                match template {
                    None => random,
                    Some((template, key)) => {
                        let mut map: Map<String, Value> = serde_json::from_str(template).map_err(|_| {
                            LocalError::Template(format!("{}: SecretStringTemplate is no JSON object", secret.name))
                        })?;
                        map.insert(key.clone(), random.into());
                        Value::Object(map).to_string()
                    }
                }
            }
        };
        self.put(&secret.name, Some(text), None).map(drop)
    }

    /// A secret's text, by name or ARN.
    pub fn get(&self, id: &str) -> Option<String> {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        self.name(&stored, id).and_then(|name| stored.get(&name)?.text.clone())
    }

    /// Writes a secret's text, by name.
    pub fn set(&self, name: &str, text: &str) -> Result<()> {
        self.put(name, Some(text.to_owned()), None).map(drop)
    }

    fn random(&self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length).map(|_| char::from(LETTERS[self.env.below(LETTERS.len() as u64) as usize])).collect()
    }

    fn put(&self, name: &str, text: Option<String>, binary: Option<String>) -> Result<String> {
        let version = crate::uuid(&self.env);
        let created = self.env.now().secs();
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.insert(name.to_owned(), Stored { text, binary, version: version.clone(), created });
        self.write(&stored)?;
        Ok(version)
    }

    fn write(&self, stored: &BTreeMap<String, Stored>) -> Result<()> {
        let draft = self.file.with_extension("draft");
        let bytes = serde_json::to_vec_pretty(stored).map_err(|e| LocalError::Refused(e.to_string()))?;
        private::write(&draft, bytes).map_err(LocalError::io("the secrets' file"))?;
        std::fs::rename(&draft, &self.file).map_err(LocalError::io("the secrets' file"))
    }

    /// The name that a name or an ARN, with or without the six letters behind it, means.
    fn name(&self, stored: &BTreeMap<String, Stored>, id: &str) -> Option<String> {
        let mut names = stored.keys();
        names
            .find(|name| {
                let arn = self.place.secret_arn(name);
                id == name.as_str() || id == arn || arn.strip_suffix("-local0") == Some(id)
            })
            .cloned()
    }

    /// What an operation asks leave for.
    pub fn needs(&self, operation: &str, body: &Value) -> Vec<Need> {
        let id = body["SecretId"].as_str().or_else(|| body["Name"].as_str()).unwrap_or("*");
        let arn = if id.starts_with("arn:") {
            if id.ends_with("-local0") { id.to_owned() } else { format!("{id}-local0") }
        } else {
            self.place.secret_arn(id)
        };
        vec![Need::new(format!("secretsmanager:{operation}"), arn)]
    }

    /// Carries out an operation.
    pub fn operation(&self, operation: &str, body: &Value) -> JsonResult {
        let failed = |e: LocalError| ApiError { status: 500, ..ApiError::bad("InternalServiceError", e.to_string()) };
        let find = || {
            let id = body["SecretId"].as_str().unwrap_or_default();
            let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
            let name = self.name(&stored, id);
            name.and_then(|name| stored.get(&name).cloned().map(|secret| (name, secret))).ok_or_else(|| {
                ApiError::bad("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
            })
        };
        let value = || {
            let text = body["SecretString"].as_str().map(str::to_owned);
            (text, body["SecretBinary"].as_str().map(str::to_owned))
        };
        match operation {
            "GetSecretValue" => {
                let (name, secret) = find()?;
                let mut answer = json!({
                    "ARN": self.place.secret_arn(&name), "Name": name, "VersionId": secret.version,
                    "VersionStages": ["AWSCURRENT"], "CreatedDate": secret.created,
                });
                if let Some(text) = secret.text {
                    answer["SecretString"] = text.into();
                }
                if let Some(binary) = secret.binary {
                    answer["SecretBinary"] = binary.into();
                }
                Ok(answer)
            }
            "DescribeSecret" => {
                let (name, secret) = find()?;
                Ok(json!({
                    "ARN": self.place.secret_arn(&name), "Name": name, "CreatedDate": secret.created,
                    "VersionIdsToStages": {secret.version: ["AWSCURRENT"]},
                }))
            }
            "CreateSecret" => {
                let name = body["Name"].as_str().unwrap_or_default();
                if name.is_empty() {
                    return Err(ApiError::bad("InvalidParameterException", "Name must not be empty."));
                }
                let there = self.stored.lock().unwrap_or_else(PoisonError::into_inner).contains_key(name);
                if there {
                    let words = format!("The operation failed because the secret {name} already exists.");
                    return Err(ApiError::bad("ResourceExistsException", words));
                }
                let (text, binary) = value();
                let version = self.put(name, text, binary).map_err(failed)?;
                Ok(json!({"ARN": self.place.secret_arn(name), "Name": name, "VersionId": version}))
            }
            "PutSecretValue" | "UpdateSecret" => {
                // A secret without a value yet exists in the template only; the first value makes it.
                let id = body["SecretId"].as_str().unwrap_or_default();
                let name = find().map_or_else(|_| plain_name(id).to_owned(), |(name, _)| name);
                let (text, binary) = value();
                let version = self.put(&name, text, binary).map_err(failed)?;
                Ok(json!({"ARN": self.place.secret_arn(&name), "Name": name, "VersionId": version,
                    "VersionStages": ["AWSCURRENT"]}))
            }
            _ => Err(ApiError::bad("InvalidRequestException", format!("{operation} is not played here"))),
        }
    }
}

/// The name in an ARN, without the six letters behind it.
fn plain_name(id: &str) -> &str {
    match id.split_once(":secret:") {
        Some((_, name)) => name.strip_suffix("-local0").unwrap_or(name),
        None => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_survive_a_restart_and_are_found_by_name_and_arn() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secrets.json");
        let open = || Secrets::open(&file, Place::default(), Env::system()).unwrap();
        let secrets = open();
        let declared = Secret {
            name: "keys/jwt".into(),
            initial: SecretValue::Generated { length: 40, template: Some((r#"{"user":"x"}"#.into(), "key".into())) },
        };
        secrets.create(&declared).unwrap();
        let first = secrets.get("keys/jwt").unwrap();
        let map: Value = serde_json::from_str(&first).unwrap();
        assert_eq!((map["user"].as_str(), map["key"].as_str().map(str::len)), (Some("x"), Some(40)));
        let secrets = open();
        secrets.create(&declared).unwrap();
        let arn = Place::default().secret_arn("keys/jwt");
        for id in ["keys/jwt", arn.as_str(), arn.trim_end_matches("-local0")] {
            let got = secrets.operation("GetSecretValue", &json!({"SecretId": id})).unwrap();
            assert_eq!(got["SecretString"], first.as_str(), "{id}");
        }
        secrets.operation("PutSecretValue", &json!({"SecretId": arn, "SecretString": "new"})).unwrap();
        assert_eq!(open().get("keys/jwt").as_deref(), Some("new"));
        let error = secrets.operation("GetSecretValue", &json!({"SecretId": "none"})).unwrap_err();
        assert_eq!(error.code, "ResourceNotFoundException");
        let error = secrets.operation("CreateSecret", &json!({"Name": "keys/jwt"})).unwrap_err();
        assert_eq!(error.code, "ResourceExistsException");
    }
}
