//! Authorizations and saved filters.

use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    parameters::{Sort, query, sorting},
};
use crate::{
    request::Caller,
    world::{
        Authorization, Filter, World,
        permission::{READ, Resource},
    },
};

query! {
    /// `GET /authorization`. `kind` is `type` of the API.
    AuthorizationQuery
    text { id, resource_id }
    texts { user_id_in, group_id_in }
    number { kind, resource_type }
    ;
    sorting: Vec<Sort<AuthorizationSorting>> = "Sorting keys, the first first.",
}

sorting!(AuthorizationSorting { ResourceType = "resourceType", ResourceId = "resourceId" });

query! {
    /// `GET /filter`.
    FilterQuery
    text { filter_id, resource_type, name, name_like, owner }
    ;
    sorting: Vec<Sort<FilterSorting>> = "Sorting keys, the first first.",
}

sorting!(FilterSorting {
    FilterId = "filterId",
    ResourceType = "resourceType",
    Name = "name",
    Owner = "owner",
});

/// An authorization in a result.
pub type AuthorizationRow<'w> = Row<'w, Authorization>;

/// A saved filter in a result.
pub type FilterRow<'w> = Row<'w, Filter>;

evaluated! {
    AuthorizationQuery => AuthorizationRow;
    FilterQuery => FilterRow;
}

impl Criteria for AuthorizationQuery {
    type Row<'w> = AuthorizationRow<'w>;
    type SortBy = AuthorizationSorting;

    fn everything(world: &World) -> Rows<'_, AuthorizationRow<'_>> {
        Box::new(world.authorizations().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<AuthorizationRow<'_>> {
        world.authorization(id).map(|row| Row::new(world, row))
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        if let Some(id) = &self.id {
            return Some(parsed([id]));
        }
        let resource = Resource::from_number(i32::try_from(self.resource_type?).ok()?)?;
        Some(world.authorizations_on(resource, self.resource_id.as_ref()?).map(|row| row.id).collect())
    }

    fn matches(&self, row: AuthorizationRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.id.as_ref(), Some(row.id));
        check.when(self.kind.is_some(), || self.kind == Some(i64::from(row.kind.number())));
        check.within(&self.user_id_in, row.user.as_deref());
        check.within(&self.group_id_in, row.group.as_deref());
        check.when(self.resource_type.is_some(), || self.resource_type == Some(i64::from(row.resource_type)));
        check.equals(self.resource_id.as_ref(), Some(&row.resource_id));
        check.verdict()
    }

    fn visible(&self, row: AuthorizationRow<'_>, viewer: &Caller) -> bool {
        row.world.may(viewer, Resource::Authorization, Some(&row.id.to_string()), READ)
    }

    fn sorting(&self) -> &[Sort<AuthorizationSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &AuthorizationSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            AuthorizationSorting::ResourceType => row.resource_type.into(),
            AuthorizationSorting::ResourceId => row.entity.resource_id.as_str().into(),
        }
    }
}

impl Criteria for FilterQuery {
    type Row<'w> = FilterRow<'w>;
    type SortBy = FilterSorting;

    fn everything(world: &World) -> Rows<'_, FilterRow<'_>> {
        Box::new(world.filters().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<FilterRow<'_>> {
        world.filter(id).map(|row| Row::new(world, row))
    }

    fn narrowed(&self, _: &World) -> Option<Vec<Id>> {
        self.filter_id.as_ref().map(|id| parsed([id]))
    }

    fn matches(&self, row: FilterRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.filter_id.as_ref(), Some(row.id));
        check.equals(self.resource_type.as_ref(), Some(&row.resource_type));
        check.equals(self.name.as_ref(), Some(&row.name));
        check.like(self.name_like.as_ref(), Some(&row.name));
        check.equals(self.owner.as_ref(), row.owner.as_deref());
        check.verdict()
    }

    fn visible(&self, row: FilterRow<'_>, viewer: &Caller) -> bool {
        row.world.may(viewer, Resource::Filter, Some(&row.id.to_string()), READ)
    }

    fn sorting(&self) -> &[Sort<FilterSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &FilterSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            FilterSorting::FilterId => row.id.into(),
            FilterSorting::ResourceType => row.entity.resource_type.as_str().into(),
            FilterSorting::Name => row.entity.name.as_str().into(),
            FilterSorting::Owner => row.entity.owner.as_deref().into(),
        }
    }
}
