//! Users, groups, tenants and authorizations.

use minicbor::{Decode, Encode, bytes::ByteVec};
use models::{Id, Timestamp};

/// A user.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct User {
    /// Its id.
    #[n(0)]
    pub id: String,
    /// First name.
    #[n(1)]
    pub first_name: Option<String>,
    /// Last name.
    #[n(2)]
    pub last_name: Option<String>,
    /// E-mail address.
    #[n(3)]
    pub email: Option<String>,
    /// Digest of the password with the salt, as the algorithm writes it.
    #[n(4)]
    pub password: Option<String>,
    /// Salt of the password.
    #[n(5)]
    pub salt: Option<String>,
    /// Failed logins in a row.
    #[n(6)]
    pub attempts: u32,
    /// No login before.
    #[n(7)]
    pub lock_expires: Option<Timestamp>,
    /// Type and content of the picture.
    #[n(8)]
    pub picture: Option<Picture>,
}

/// A user's picture.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Picture {
    /// Media type.
    #[n(0)]
    pub mime_type: String,
    /// Content.
    #[n(1)]
    pub bytes: ByteVec,
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct Group {
    /// Its id.
    #[n(0)]
    pub id: String,
    /// Name.
    #[n(1)]
    pub name: Option<String>,
    /// Type, such as `SYSTEM` or `WORKFLOW`.
    #[n(2)]
    pub kind: Option<String>,
}

/// A tenant.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct Tenant {
    /// Its id.
    #[n(0)]
    pub id: String,
    /// Name.
    #[n(1)]
    pub name: Option<String>,
}

/// A user is in a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Membership {
    /// The user.
    #[n(0)]
    pub user: String,
    /// The group.
    #[n(1)]
    pub group: String,
}

/// A user or group is in a tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct TenantMembership {
    /// The tenant.
    #[n(0)]
    pub tenant: String,
    /// Who.
    #[n(1)]
    pub member: Member,
}

/// A user or a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Member {
    /// A user.
    #[n(0)]
    User(#[n(0)] String),
    /// A group.
    #[n(1)]
    Group(#[n(0)] String),
}

/// How an authorization counts. A user's own entries go before those of groups, these before global ones; among equals a
/// revocation wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum AuthorizationType {
    /// For everybody.
    #[n(0)]
    Global,
    /// Gives permissions to a user or group.
    #[n(1)]
    Grant,
    /// Takes permissions from a user or group.
    #[n(2)]
    Revoke,
}

impl AuthorizationType {
    /// The number in the API.
    pub fn number(self) -> i32 {
        match self {
            Self::Global => 0,
            Self::Grant => 1,
            Self::Revoke => 2,
        }
    }

    /// The type of a number in the API.
    pub fn from_number(number: i32) -> Option<Self> {
        match number {
            0 => Some(Self::Global),
            1 => Some(Self::Grant),
            2 => Some(Self::Revoke),
            _ => None,
        }
    }
}

/// An authorization.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Authorization {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// How it counts.
    #[n(1)]
    pub kind: AuthorizationType,
    /// The user; `*` in a global one.
    #[n(2)]
    pub user: Option<String>,
    /// The group.
    #[n(3)]
    pub group: Option<String>,
    /// Number of the resource type, see [`crate::world::permission::Resource`].
    #[n(4)]
    pub resource_type: i32,
    /// The resource, or `*`.
    #[n(5)]
    pub resource_id: String,
    /// Permission bits; of a revocation: those that are left.
    #[n(6)]
    pub permissions: i32,
    /// Root process instance of a historic resource.
    #[n(7)]
    pub root_process_instance: Option<Id>,
    /// When it may be removed with that instance's history.
    #[n(8)]
    pub removal_time: Option<Timestamp>,
}
