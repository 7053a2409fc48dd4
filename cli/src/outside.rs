//! Connectors and mapped delegates, from their file.

use std::path::Path;

use anyhow::{Context, Result};
use connectors::{Config, Connectors, Delegate};

/// Names and patterns that are served: those given, and those that the file maps.
pub(crate) fn handlers(given: &[String], file: Option<&Path>) -> Result<Vec<String>> {
    let mut names = given.to_vec();
    if let Some(file) = file {
        names.extend(read(file)?.delegates.0.into_keys());
    }
    Ok(names)
}

/// Sets up what the file says; without one the connectors have their defaults and nothing is mapped.
pub(crate) fn connectors(file: Option<&Path>) -> Result<Connectors> {
    let Some(file) = file else { return Ok(Connectors::new(Config::default())?) };
    let shown = file.display();
    let mut config = read(file)?;
    // names of files in it start at its folder
    let folder = file.parent().unwrap_or_else(|| Path::new(""));
    for delegate in config.delegates.0.values_mut() {
        if let Delegate::ScriptFile { script_file } = delegate {
            *script_file = folder.join(&*script_file);
        }
    }
    if let Some(password) = &mut config.mail.password_file {
        *password = folder.join(&*password);
    }
    Connectors::new(config).with_context(|| format!("the connectors' file {shown} can't be used"))
}

fn read(file: &Path) -> Result<Config> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("can't read the connectors' file {shown}"))?;
    toml::from_str(&text).map_err(|error| anyhow::anyhow!("the connectors' file {shown} is wrong:\n{error}"))
}

#[cfg(test)]
mod tests {
    use tollgate::Delegates;

    use super::*;

    fn load(text: &str) -> Result<Connectors> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("audit.rhai"), "execution.setVariable(\"audited\", true);")?;
        let file = folder.path().join("connectors.toml");
        std::fs::write(&file, text)?;
        connectors(Some(&file))
    }

    /// The file that docs/languages.md shows.
    #[test]
    fn the_documented_file_is_read() {
        let page = include_str!("../../docs/languages.md");
        let example = page.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
        let connectors = load(example).expect("a good file");
        let served = |name: &str| format!("{:?}", connectors.served(name));
        assert_eq!(served("com.acme.ChargeCard"), "Topic(\"charge-card\")");
        assert_eq!(served("com.acme.Audit"), "Handler");
        assert_eq!(served("com.acme.mail.Reminder"), "Handler");
        assert_eq!(served("com.acme.Unknown"), "Nobody");
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let error = load("[http]\ntimeout-second = 5\n").unwrap_err().to_string();
        assert!(error.contains("timeout-second") && error.contains("line 2"), "{error}");
        let error = format!("{:#}", load("[delegates]\na = { script = \"let x = ;\" }\n").unwrap_err());
        assert!(error.contains("the script of delegate `a` does not compile"), "{error}");
        let error = load("[delegates]\na = { topic = \"t\", http = \"u\" }\n").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("http = \"u\""), "{error}");
    }
}
