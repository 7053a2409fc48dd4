//! The example file is true, and mistakes are found.

use std::path::PathBuf;

use super::{ALL, ConfigArgs, Configuration, Origin, example, file, find, nearest};

fn load(text: &str, set: &[&str], environment: &[(&str, &str)]) -> Result<Configuration, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tollgate.toml");
    std::fs::write(&path, text).unwrap();
    let arguments = ConfigArgs { config: Some(path), set: set.iter().map(|text| (*text).to_owned()).collect() };
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Configuration::load_with(&arguments, &[], environment).map_err(|error| format!("{error:#}"))
}

/// `docs/tollgate.toml` is `tollgate config example > docs/tollgate.toml`.
#[test]
fn the_example_in_the_documentation_is_made_from_the_definition() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/tollgate.toml");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(text, example(), "run: cargo run -- config example > docs/tollgate.toml");
}

/// Every line of the example, without its `#`, is a valid setting with the default as its value.
#[test]
fn the_example_is_valid_without_its_comments() {
    let text: String = example()
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(setting) if setting.split_once(" = ").is_some_and(|(name, _)| !name.contains(' ')) => setting,
            _ => line,
        })
        .filter(|line| !line.contains('…'))
        .map(|line| format!("{line}\n"))
        .collect();
    let loaded = load(&text, &[], &[]).unwrap();
    let defaults = super::Settings::default();
    let mut found = Vec::new();
    let entries = file::entries(&text, &mut found);
    let with_default = ALL.iter().filter(|setting| (setting.get)(&defaults).is_some()).count();
    assert!(found.is_empty() && entries.len() >= with_default, "{} of {with_default}", entries.len());
    for setting in ALL {
        let default = (setting.get)(&defaults);
        assert!(default.is_none() || (setting.get)(&loaded.settings) == default, "{}", setting.key);
    }
}

#[test]
fn the_command_line_wins_over_the_environment_over_the_file() {
    let text = "log = \"info\"\n[store]\ndurability = \"relaxed\"\nworkers = 2\n";
    let environment = [("TOLLGATE_STORE_WORKERS", "3"), ("TOLLGATE_LOG", "debug"), ("HOME", "/")];
    let loaded = load(text, &["store.workers=4"], &environment).unwrap();
    assert_eq!(loaded.settings.store_workers, 4);
    assert_eq!(loaded.settings.log, "debug");
    let origin = |key: &str| loaded.origin(find(key).unwrap()).clone();
    assert_eq!(origin("store.workers"), Origin::CommandLine);
    assert_eq!(origin("log"), Origin::Environment("TOLLGATE_LOG".to_owned()));
    assert_eq!(origin("store.durability"), Origin::File(3));
    assert_eq!(origin("listen"), Origin::Default);
}

#[test]
fn mistakes_in_the_file_have_a_place_and_a_remedy() {
    let error =
        load("lsten = \"127.0.0.1:1\"\n[store]\nworkers = \"two\"\n[sotre]\nkind = \"sled\"\n", &[], &[]).unwrap_err();
    assert!(error.contains("error[C0002]: there is no setting `lsten`"), "{error}");
    assert!(error.contains("tollgate.toml:1:1") && error.contains("did you mean `listen`?"), "{error}");
    assert!(error.contains("error[C0003]: `store.workers` takes a whole number"), "{error}");
    assert!(error.contains("tollgate.toml:3:11"), "{error}");
    assert!(
        error.contains("there is no setting `sotre.kind`") && error.contains("did you mean `store.kind`?"),
        "{error}"
    );
    assert!(error.ends_with("tollgate.toml has 3 mistakes"), "{error}");
    for (section, setting) in [("listen", "listen"), ("authorization", "http.authorization")] {
        let error = load(&format!("[{section}]\nmode = \"basic\"\n"), &[], &[]).unwrap_err();
        assert!(error.contains(&format!("`{setting}` is a setting, not a section")), "{error}");
    }
    let error = load("log = \n", &[], &[]).unwrap_err();
    assert!(error.contains("error[C0001]"), "{error}");
}

#[test]
fn what_belongs_together_is_checked() {
    let error = |text: &str| load(text, &[], &[]).unwrap_err();
    assert!(error("[http]\ntls-key = \"a\"").starts_with("`http.tls-certificate` and `http.tls-key` belong together"));
    assert!(error("[http]\nauthorization = true").contains("set `http.authentication = true` too"));
    assert!(error("[engine]\ntime-zone = \"Mars\"").contains("there is no time zone `Mars`"));
    assert!(error("[engine]\nhistory-time-to-live = \"soon\"").contains("`soon` is no number of days"));
    assert!(error("log = \"a=b=c\"").contains("is no filter"));
    let loaded = load("[store]\nmax-loss = \"1s\"", &[], &[("TOLLGATE_STOR_KIND", "x"), ("TOLLGATE_PORT", "tcp://x")]);
    let warnings = loaded.unwrap().warnings;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(
        warnings[0].contains("TOLLGATE_STOR_KIND of the environment sets nothing; did you mean TOLLGATE_STORE_KIND?")
    );
}

#[test]
fn wrong_words_outside_the_file_are_errors_too() {
    let error = load("", &["store.kind=mongo"], &[]).unwrap_err();
    assert_eq!(error, "`--set store.kind=mongo`: setting `store.kind` takes `fjall`, `sled` or `memory`");
    let error = load("", &["kind=sled"], &[]).unwrap_err();
    assert_eq!(error, "`--set kind=sled`: there is no setting `kind`: did you mean `store.kind`?");
    let error = load("", &[], &[("TOLLGATE_JOBS_EXECUTOR", "yes")]).unwrap_err();
    assert_eq!(error, "`TOLLGATE_JOBS_EXECUTOR=yes`: setting `jobs.executor` takes `true` or `false`");
}

#[test]
fn names_that_are_like_nothing_get_no_suggestion() {
    assert_eq!(nearest("frobnicate", ALL.iter().map(|setting| setting.key)), None);
    assert_eq!(nearest("http.tls-cert", ["http.tls-certificate"].into_iter()), None);
    assert_eq!(nearest("http.tls_key", ALL.iter().map(|setting| setting.key)), Some("http.tls-key"));
}
