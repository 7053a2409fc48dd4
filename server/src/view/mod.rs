//! What the API shows of entities: one line per JSON field, in Camunda's order, nulls written out.

pub(crate) mod admin;
pub(crate) mod form_html;
pub(crate) mod history;
pub(crate) mod history_log;
pub(crate) mod instance;
pub(crate) mod repository;
pub(crate) mod work;

use models::Id;
use serde::{Serialize, Serializer};
use tollgate::world::World;

/// Declares a view: a struct of borrowed data and the JSON fields computed from it.
macro_rules! view {
    ($(#[$doc:meta])* $name:ident<$life:lifetime> { $($field:ident: $type:ty),* $(,)? }
     $(let $bound:ident = $init:expr;)*
     => { $($key:literal: $value:expr),* $(,)? }
     $(only if there $($may_key:literal: $may_value:expr),* $(,)?)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $name<$life> {
            $(pub(crate) $field: $type,)*
        }

        impl serde::Serialize for $name<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let Self { $($field),* } = *self;
                $(let $bound = $init;)*
                let mut map = serializer.serialize_map(None)?;
                $(map.serialize_entry($key, &$value)?;)*
                $($(if let Some(value) = &$may_value {
                    map.serialize_entry($may_key, value)?;
                })*)?
                map.end()
            }
        }
    };
}
pub(crate) use view;

/// An id as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) Id);

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The id of a process definition as the API shows it.
pub(crate) fn definition_id(world: &World, id: Id) -> String {
    world.definition_text(Some(id)).map_or_else(|| id.to_string(), str::to_owned)
}

/// The id of the definition, if there is one.
pub(crate) fn definition_of(world: &World, id: Option<Id>) -> Option<String> {
    id.map(|id| definition_id(world, id))
}

/// The key of the definition, if there is one.
pub(crate) fn definition_key(world: &World, id: Option<Id>) -> Option<&str> {
    world.definition_key(id)
}

/// The id of an activity instance as the API shows it; that of a process instance is its own.
pub(crate) fn activity_instance_id(activity: Option<&str>, id: Id) -> String {
    match activity {
        None | Some("") => id.to_string(),
        Some(activity) => {
            let text = format!("{activity}:{id}");
            // Java counts UTF-16 units
            if text.encode_utf16().count() > 64 { id.to_string() } else { text }
        }
    }
}

/// A link of an entity to itself.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Link {
    method: &'static str,
    href: String,
    rel: &'static str,
}

impl Link {
    /// The list with the one link, or without any.
    pub(crate) fn to_self(href: Option<String>) -> Vec<Self> {
        href.into_iter().map(|href| Self { method: "GET", href, rel: "self" }).collect()
    }

    /// A link to an operation.
    pub(crate) fn to(method: &'static str, href: String, rel: &'static str) -> Self {
        Self { method, href, rel }
    }
}
