//! Digests of passwords: argon2 for those set here; SHA-512 and SHA-1 with salt are accepted, as Camunda 7 stores them.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use parking_lot::Mutex;
use ring::digest;

use super::Digest;
use crate::world::User;

/// One digest at a time: each takes some 20 MB.
static TURN: Mutex<()> = Mutex::new(());

/// The digest of a new password, with fresh salt inside.
pub(super) fn hash(password: &str) -> Digest {
    let _turn = TURN.lock();
    let hash = Argon2::default().hash_password(password.as_bytes()).expect("default parameters are valid");
    Digest { digest: hash.to_string(), password: password.to_owned() }
}

/// Whether a password is the user's.
pub(super) fn matches(password: &str, user: &User) -> bool {
    let Some(stored) = user.password.as_deref() else { return false };
    if let Some(digest) = stored.strip_prefix("{SHA-512}") {
        return salted(&digest::SHA512, password, user, digest);
    }
    if let Some(digest) = stored.strip_prefix("{SHA}") {
        return salted(&digest::SHA1_FOR_LEGACY_USE_ONLY, password, user, digest);
    }
    let _turn = TURN.lock();
    PasswordHash::new(stored).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// The base 64 digest of password and salt.
fn salted(algorithm: &'static digest::Algorithm, password: &str, user: &User, stored: &str) -> bool {
    let mut context = digest::Context::new(algorithm);
    context.update(password.as_bytes());
    context.update(user.salt.as_deref().unwrap_or_default().as_bytes());
    STANDARD.decode(stored).is_ok_and(|stored| {
        let computed = context.finish();
        computed.as_ref().len() == stored.len()
            && computed.as_ref().iter().zip(&stored).fold(0, |different, (a, b)| different | (a ^ b)) == 0
    })
}

/// Whether a text is a digest that [`matches`] understands.
pub(super) fn is_digest(text: &str) -> bool {
    text.strip_prefix("{SHA-512}").or_else(|| text.strip_prefix("{SHA}")).map_or_else(
        || PasswordHash::new(text).is_ok(),
        |digest| STANDARD.decode(digest).is_ok_and(|bytes| matches!(bytes.len(), 20 | 64)),
    )
}

#[cfg(test)]
mod tests {
    use super::{hash, is_digest, matches};
    use crate::world::User;

    fn user(password: &str, salt: Option<&str>) -> User {
        User { password: Some(password.to_owned()), salt: salt.map(str::to_owned), ..User::default() }
    }

    #[test]
    fn a_hashed_password_matches_and_no_other() {
        let digest = hash("secret").digest;
        assert!(digest.starts_with("$argon2id$"), "{digest}");
        assert!(is_digest(&digest));
        assert!(matches("secret", &user(&digest, None)));
        assert!(!matches("Secret", &user(&digest, None)));
        assert_ne!(digest, hash("secret").digest, "the salt is fresh");
    }

    #[test]
    fn digests_of_camunda_match() {
        // SHA-512 of "demo" and salt "s4lt", SHA-1 of "demo" without salt
        let salted =
            "{SHA-512}9wbRuEDCQE0+ikD+Kf2AbZ9XN9laj1rICYWihAP6yXQ9wXjoKWo3cBHSqrM+0zxCj3uaxHqsljapa4JDRllA1Q==";
        let plain = "{SHA}ieSV55Qc+eQOaYDRSha/AjzNTJE=";
        assert!(matches("demo", &user(salted, Some("s4lt"))));
        assert!(!matches("demo", &user(salted, None)));
        assert!(matches("demo", &user(plain, None)));
        assert!(!matches("Demo", &user(plain, None)));
        assert!(is_digest(salted) && is_digest(plain));
        assert!(!is_digest("demo") && !is_digest("{SHA-512}x"));
    }
}
