//! What a password must be like: the rules of Camunda 7's `DefaultPasswordPolicyImpl`.

use crate::world::User;

/// A rule about passwords.
#[derive(Clone, Copy)]
pub struct PolicyRule {
    /// Key of its text.
    pub placeholder: &'static str,
    /// Name and value of its parameter.
    pub parameter: Option<(&'static str, &'static str)>,
    check: fn(&str, &User) -> bool,
}

impl std::fmt::Debug for PolicyRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.placeholder)
    }
}

impl PolicyRule {
    /// Whether a password of a user is as the rule wants it.
    pub fn holds(&self, password: &str, user: &User) -> bool {
        (self.check)(password, user)
    }
}

/// All rules.
pub const RULES: &[PolicyRule] = &[
    PolicyRule { placeholder: "PASSWORD_POLICY_USER_DATA", parameter: None, check: not_about },
    PolicyRule {
        placeholder: "PASSWORD_POLICY_LENGTH",
        parameter: Some(("minLength", "10")),
        check: |password, _| password.encode_utf16().count() >= 10,
    },
    PolicyRule {
        placeholder: "PASSWORD_POLICY_LOWERCASE",
        parameter: Some(("minLowerCase", "1")),
        check: |password, _| password.chars().any(char::is_lowercase),
    },
    PolicyRule {
        placeholder: "PASSWORD_POLICY_UPPERCASE",
        parameter: Some(("minUpperCase", "1")),
        check: |password, _| password.chars().any(char::is_uppercase),
    },
    PolicyRule {
        placeholder: "PASSWORD_POLICY_DIGIT",
        parameter: Some(("minDigit", "1")),
        check: |password, _| password.chars().any(char::is_numeric),
    },
    PolicyRule {
        placeholder: "PASSWORD_POLICY_SPECIAL",
        parameter: Some(("minSpecial", "1")),
        check: |password, _| password.chars().any(|c| !c.is_alphanumeric()),
    },
];

/// A password does not contain the user's own data.
fn not_about(password: &str, user: &User) -> bool {
    let password = password.to_uppercase();
    [Some(&user.id), user.first_name.as_ref(), user.last_name.as_ref(), user.email.as_ref()]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .all(|text| !password.contains(&text.to_uppercase()))
}

/// Whether a password of a user passes all rules.
pub(super) fn passes(password: &str, user: &User) -> bool {
    RULES.iter().all(|rule| rule.holds(password, user))
}

#[cfg(test)]
mod tests {
    use super::{RULES, passes};
    use crate::world::User;

    #[test]
    fn each_rule_refuses_what_it_is_about() {
        let user = User { id: "ann".into(), last_name: Some("Archer".into()), ..User::default() };
        assert!(passes("Long-enough1", &user));
        for (password, broken) in [
            ("My-archer-name1", "USER_DATA"),
            ("Short-1", "LENGTH"),
            ("LONG-ENOUGH1", "LOWERCASE"),
            ("long-enough1", "UPPERCASE"),
            ("Long-enough", "DIGIT"),
            ("LongEnough1", "SPECIAL"),
        ] {
            let failed: Vec<_> = RULES.iter().filter(|rule| !rule.holds(password, &user)).collect();
            assert_eq!(failed.len(), 1, "{password}: {failed:?}");
            assert_eq!(failed[0].placeholder, format!("PASSWORD_POLICY_{broken}"));
        }
    }
}
