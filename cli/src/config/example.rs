//! The example file: every setting with what it means and its default.

use std::fmt::Write;

use super::{ALL, Settings};

/// The text of `docs/tollgate.toml`, and of `tollgate config example`.
pub(crate) fn example() -> String {
    let mut text = String::from(
        "# Settings of `tollgate serve`. Every line is a default: remove the `#` in front to change it.\n\
         #\n\
         # The environment wins over this file: `store.durability` is TOLLGATE_STORE_DURABILITY there.\n\
         # The command line wins over both: --set store.durability=relaxed.\n\
         # `tollgate config check` finds mistakes, `tollgate config show` prints what is in force and where it comes from.\n\
         # Settings marked (reload) change on SIGHUP without a restart.\n",
    );
    let defaults = Settings::default();
    let mut section = "";
    for setting in ALL {
        let (here, name) = setting.key.split_once('.').unwrap_or(("", setting.key));
        // writing to a string cannot fail
        if here != section {
            let _ = write!(text, "\n\n[{here}]");
            section = here;
        }
        text.push('\n');
        for (at, line) in setting.doc.lines().enumerate() {
            let mark = if at == 0 && setting.reloads { " (reload)" } else { "" };
            let _ = writeln!(text, "#{line}{mark}");
        }
        let value = (setting.get)(&defaults).unwrap_or_else(|| setting.example.to_owned());
        let _ = writeln!(text, "# {name} = {value}");
    }
    text
}
