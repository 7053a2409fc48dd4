//! How the query structs are declared: one field for each parameter of the REST API, in its spelling with underscores.

/// One sorting key and its direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort<K> {
    /// What to sort by.
    pub by: K,
    /// `desc` instead of `asc`.
    pub descending: bool,
}

/// Which part of a result list is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Number of rows to skip.
    pub first_result: Option<usize>,
    /// Most rows to give.
    pub max_results: Option<usize>,
}

/// Declares a query struct with its sorting keys.
///
/// `text` is an exact or pattern match of a text or an id, `texts` a list of alternatives, `time` a point in time, `flag` a
/// criterion that counts when true, `number` an integer, `variables` conditions on variables. Absent criteria are `None`,
/// empty or false.
macro_rules! query {
    (
        $(#[$doc:meta])*
        $name:ident
        $( $kind:ident { $($field:ident),* $(,)? } )*
        $( ; $($other:ident: $other_type:ty = $other_doc:literal),* $(,)? )?
    ) => {
        query!(@struct [$(#[$doc])*] $name [] $( $kind { $($field),* } )* ; $( $($other: $other_type = $other_doc,)* )?);
    };
    (@struct [$($doc:tt)*] $name:ident [$($done:tt)*] text { $($field:ident),* } $($rest:tt)*) => {
        query!(@struct [$($doc)*] $name [$($done)* $($field: Option<String>,)*] $($rest)*);
    };
    (@struct [$($doc:tt)*] $name:ident [$($done:tt)*] texts { $($field:ident),* } $($rest:tt)*) => {
        query!(@struct [$($doc)*] $name [$($done)* $($field: Vec<String>,)*] $($rest)*);
    };
    (@struct [$($doc:tt)*] $name:ident [$($done:tt)*] time { $($field:ident),* } $($rest:tt)*) => {
        query!(@struct [$($doc)*] $name [$($done)* $($field: Option<models::Timestamp>,)*] $($rest)*);
    };
    (@struct [$($doc:tt)*] $name:ident [$($done:tt)*] flag { $($field:ident),* } $($rest:tt)*) => {
        query!(@struct [$($doc)*] $name [$($done)* $($field: bool,)*] $($rest)*);
    };
    (@struct [$($doc:tt)*] $name:ident [$($done:tt)*] number { $($field:ident),* } $($rest:tt)*) => {
        query!(@struct [$($doc)*] $name [$($done)* $($field: Option<i64>,)*] $($rest)*);
    };
    (@struct [$($doc:tt)*] $name:ident [$($done:tt)*] variables { $($field:ident),* } $($rest:tt)*) => {
        query!(@struct [$($doc)*] $name
            [$($done)* $($field: Vec<$crate::query::VariableFilter>,)*] $($rest)*);
    };
    (@struct [$($doc:tt)*] $name:ident [$($field:ident: $type:ty,)*] ; $($other:ident: $other_type:ty = $other_doc:literal,)*) => {
        $($doc)*
        #[derive(Clone, Debug, Default, PartialEq)]
        #[allow(clippy::struct_excessive_bools, reason = "flags of the API, in some queries")]
        pub struct $name {
            $(#[doc = concat!("`", stringify!($field), "` of the API.")] pub $field: $type,)*
            $(#[doc = $other_doc] pub $other: $other_type,)*
        }
    };
}

/// Declares the keys a query can be sorted by, with their names in the API.
macro_rules! sorting {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        /// `sortBy` of the API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`.")] $variant,)*
        }

        impl $name {
            /// The key of a name in the API.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

pub(super) use {query, sorting};
