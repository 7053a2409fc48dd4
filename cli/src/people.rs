//! Options of `tollgate serve` about people: logging in, rights, the first administrator, users of Camunda 7.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use serde::Deserialize;
use tollgate::{
    Engine,
    request::{Admin, Caller, GroupProfile, Membership, StoredPassword, TenantProfile, UserProfile},
};

/// Name of the first administrator.
pub(crate) const ADMIN_USER: &str = "TOLLGATE_ADMIN_USER";
/// Password of the first administrator.
pub(crate) const ADMIN_PASSWORD: &str = "TOLLGATE_ADMIN_PASSWORD";

use crate::config::Settings;

/// People and what they may do.
#[derive(Debug, Args)]
#[command(next_help_heading = "People and rights")]
pub(crate) struct PeopleArgs {
    /// How callers show who they are: `basic` is a name and password with each request (HTTP Basic).
    #[arg(long, value_name = "HOW", value_parser = ["none", "basic"])]
    auth: Option<String>,
    /// Check what callers may do by their authorizations, as Camunda does. Needs `--auth basic`.
    #[arg(long)]
    authorization: bool,
    /// Refuse weak passwords by Camunda's password policy.
    #[arg(long)]
    password_policy: bool,
    /// A file with one line `name:password`: the first administrator, made when there is no such user. The environment
    /// variables TOLLGATE_ADMIN_USER and TOLLGATE_ADMIN_PASSWORD do the same.
    #[arg(long, value_name = "FILE")]
    admin_file: Option<PathBuf>,
    /// Users to take over, one JSON object a line: `id`, `firstName`, `lastName`, `email`, `password`, or `passwordHash` and
    /// `salt` as in Camunda's table ACT_ID_USER, `groups`, `tenants`. Users that exist stay as they are.
    #[arg(long, value_name = "FILE")]
    import_users: Option<PathBuf>,
}

/// A line of `--import-users`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ImportedUser {
    id: String,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    password: Option<String>,
    password_hash: Option<String>,
    salt: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    tenants: Vec<String>,
}

impl PeopleArgs {
    /// Adds the settings that the options stand for.
    pub(crate) fn settings(&self, flags: &mut Vec<(&'static str, String)>) {
        flags.extend(self.auth.as_ref().map(|how| ("http.authentication", (how == "basic").to_string())));
        if self.authorization {
            flags.push(("http.authorization", "true".to_owned()));
        }
        if self.password_policy {
            flags.push(("http.password-policy", "true".to_owned()));
        }
    }

    /// Makes the first administrator and takes users over; answers what the start-up says about it.
    ///
    /// # Errors
    /// When files can't be read or users not be made, or when nobody could log in.
    pub(crate) fn prepare(&self, engine: &Engine, settings: &Settings, test_mode: bool) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        if let Some((user, password)) = self.administrator()? {
            let created = engine
                .ensure_administrator(&user, &password)
                .map_err(|fault| anyhow!("can't make `{user}` an administrator: {fault}"))?;
            lines.push(format!("  admin     {user}{}", if created { " (new)" } else { "" }));
        }
        if let Some(file) = &self.import_users {
            lines.push(import(engine, file)?);
        }
        if settings.authentication && !test_mode && engine.read().users().next().is_none() {
            bail!(
                "nobody could log in, for there is no user yet: name the first administrator in {ADMIN_USER} and \
                 {ADMIN_PASSWORD}, or in a file with --admin-file"
            );
        }
        let rights = if settings.authorization { ", authorizations are checked" } else { "" };
        lines.push(if settings.authentication {
            format!("  login     HTTP Basic{rights}")
        } else {
            "  login     none: whoever reaches the port may do everything".to_owned()
        });
        Ok(lines)
    }

    /// Name and password of the first administrator.
    fn administrator(&self) -> Result<Option<(String, String)>> {
        if let Some(file) = &self.admin_file {
            let text = read(file)?;
            let (user, password) = text
                .trim_end_matches(['\r', '\n'])
                .split_once(':')
                .filter(|(user, password)| !user.is_empty() && !password.is_empty() && !password.contains('\n'))
                .with_context(|| format!("{} must hold one line: name:password", file.display()))?;
            return Ok(Some((user.to_owned(), password.to_owned())));
        }
        let variable = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
        match (variable(ADMIN_USER), variable(ADMIN_PASSWORD)) {
            (Some(user), Some(password)) => Ok(Some((user, password))),
            (Some(_), None) => bail!("{ADMIN_USER} is set: give the password in {ADMIN_PASSWORD}"),
            (None, Some(_)) => bail!("{ADMIN_PASSWORD} is set: give the name in {ADMIN_USER}"),
            (None, None) => Ok(None),
        }
    }
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))
}

/// Takes users over; answers what was done.
fn import(engine: &Engine, file: &Path) -> Result<String> {
    let (mut made, mut kept) = (0, 0);
    for (index, line) in read(file)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("{}:{}", file.display(), index + 1);
        let user: ImportedUser =
            serde_json::from_str(line).with_context(|| format!("{} is no user to take over", place()))?;
        if engine.read().user(&user.id).is_some() {
            kept += 1;
            continue;
        }
        take_over(engine, user).with_context(place)?;
        made += 1;
    }
    Ok(format!("  users     {made} taken over, {kept} there already ({})", file.display()))
}

fn take_over(engine: &Engine, user: ImportedUser) -> Result<()> {
    let change = |change: Admin| engine.admin(change, &Caller::default()).wait().map_err(|fault| anyhow!("{fault}"));
    let id = user.id.clone();
    let profile =
        UserProfile { id: user.id, first_name: user.first_name, last_name: user.last_name, email: user.email };
    match (user.password, user.password_hash) {
        (Some(_), Some(_)) => bail!("user `{id}` has both `password` and `passwordHash`: give one of them"),
        (password, None) => change(Admin::CreateUser(profile, password))?,
        (None, Some(digest)) => change(Admin::ImportUser(profile, StoredPassword { digest, salt: user.salt }))?,
    };
    for group in user.groups {
        if engine.read().group(&group).is_none() {
            change(Admin::CreateGroup(GroupProfile { id: group.clone(), name: Some(group.clone()), kind: None }))?;
        }
        change(Admin::Member { membership: Membership::UserGroup(id.clone(), group), add: true })?;
    }
    for tenant in user.tenants {
        if engine.read().tenant(&tenant).is_none() {
            change(Admin::CreateTenant(TenantProfile { id: tenant.clone(), name: Some(tenant.clone()) }))?;
        }
        change(Admin::Member { membership: Membership::UserTenant(id.clone(), tenant), add: true })?;
    }
    Ok(())
}
