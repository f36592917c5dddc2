//! The projects in TypeScript: their packages, and the programs that come with these.

use std::{fs, path::PathBuf, process::Command};

use crate::shell::{Doing, Fault, Result, find, program, read, root, run};

/// The oldest Node that Vite runs on: major and minor version.
const OLDEST: (u32, u32) = (20, 19);

/// A folder with a package.json.
pub struct Project(pub &'static str);

impl Project {
    pub fn folder(&self) -> PathBuf {
        root().join(self.0)
    }

    pub fn npm(&self, arguments: &[&str]) -> Command {
        let mut command = program("npm");
        command.args(arguments).current_dir(self.folder());
        // Nothing of the suite is to be fetched or reported by the tools themselves.
        command
            .env("npm_config_fund", "false")
            .env("npm_config_audit", "false")
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .env("CDK_DISABLE_CLI_TELEMETRY", "true");
        command
    }

    /// A program of its packages.
    pub fn npx(&self, arguments: &[&str]) -> Command {
        let mut command = self.npm(&["exec", "--no", "--"]);
        command.args(arguments);
        command
    }

    /// Installs the packages of the lock file, unless they are there.
    pub fn packages(&self) -> Result {
        has_node()?;
        let lock = self.folder().join("package-lock.json");
        let wanted = fs::read_to_string(&lock).doing(format!("reading {}", lock.display()))?;
        if names_registry(&wanted) {
            return Err(Fault::new(format!(
                "{}/package-lock.json says where this machine fetched packages from (`resolved`). Write it anew, in that \
                 folder, whose .npmrc leaves it out: rm -r node_modules package-lock.json; npm install",
                self.0
            )));
        }
        let stamp = self.folder().join("node_modules/.installed");
        if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
            return Ok(());
        }
        // Not `npm ci`: it wants the packages of every other platform in the lock file, and not every registry has them.
        // The versions and hashes are the lock file's all the same, and it is not written.
        run(&mut self.npm(&["install", "--no-save", "--no-progress"]))?;
        fs::write(&stamp, wanted).doing(format!("writing {}", stamp.display()))
    }
}

/// Whether Node is here and new enough; else what to install.
fn has_node() -> Result {
    let install = "On Debian 13 or newer: apt-get install nodejs npm";
    if find("node").is_none() || find("npm").is_none() {
        return Err(Fault::new(format!("there is no Node with npm. {install}")));
    }
    let version = read(program("node").arg("--version"))?;
    let mut parts = version.trim().trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found >= OLDEST {
        return Ok(());
    }
    let (version, (major, minor)) = (version.trim(), OLDEST);
    Err(Fault::new(format!("Node {version} is too old: it takes {major}.{minor} or newer. {install}")))
}

/// Whether a lock file says where packages were fetched from, and not only which they are.
fn names_registry(lock: &str) -> bool {
    lock.contains("\"resolved\":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_files_name_no_registry() {
        assert!(names_registry(r#"{"version": "1.0.0", "resolved": "https://registry.example.com/a.tgz"}"#));
        for project in ["web", "infra-cdk", "libs/blocks/wordpress"] {
            let lock = fs::read_to_string(root().join(project).join("package-lock.json")).unwrap();
            assert!(lock.contains("\"integrity\":") && !names_registry(&lock), "{project}");
        }
    }
}
