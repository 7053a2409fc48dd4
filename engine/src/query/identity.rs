//! Users, groups and tenants.

use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated},
    parameters::{Sort, query, sorting},
};
use crate::{
    request::Caller,
    world::{
        Group, Member, Tenant, User, World,
        permission::{READ, Resource},
    },
};

query! {
    /// `GET /user`. `potential_starter` is a process definition by its id as the API shows it.
    UserQuery
    text {
        id, first_name, first_name_like, last_name, last_name_like, email, email_like, member_of_group,
        member_of_tenant, potential_starter,
    }
    texts { id_in }
    ;
    sorting: Vec<Sort<UserSorting>> = "Sorting keys, the first first.",
}

sorting!(UserSorting {
    UserId = "userId",
    FirstName = "firstName",
    LastName = "lastName",
    Email = "email",
});

query! {
    /// `GET /group`. `kind` is `type` of the API.
    GroupQuery
    text { id, name, name_like, kind, member, member_of_tenant }
    texts { id_in }
    ;
    sorting: Vec<Sort<GroupSorting>> = "Sorting keys, the first first.",
}

sorting!(GroupSorting { Id = "id", Name = "name", Type = "type" });

query! {
    /// `GET /tenant`.
    TenantQuery
    text { id, name, name_like, user_member, group_member }
    texts { id_in }
    flag { including_groups_of_user }
    ;
    sorting: Vec<Sort<TenantSorting>> = "Sorting keys, the first first.",
}

sorting!(TenantSorting { Id = "id", Name = "name" });

/// A user in a result.
pub type UserRow<'w> = Row<'w, User>;

/// A group in a result.
pub type GroupRow<'w> = Row<'w, Group>;

/// A tenant in a result.
pub type TenantRow<'w> = Row<'w, Tenant>;

evaluated! {
    UserQuery => UserRow;
    GroupQuery => GroupRow;
    TenantQuery => TenantRow;
}

impl Criteria for UserQuery {
    type Row<'w> = UserRow<'w>;
    type SortBy = UserSorting;

    fn everything(world: &World) -> Rows<'_, UserRow<'_>> {
        Box::new(world.users().map(move |user| Row::new(world, user)))
    }

    fn row(_: &World, _: Id) -> Option<UserRow<'_>> {
        None
    }

    fn narrowed(&self, _: &World) -> Option<Vec<Id>> {
        None
    }

    fn matches(&self, row: UserRow<'_>) -> bool {
        let world = row.world;
        let mut check = Check::all();
        check.equals(self.id.as_ref(), Some(&row.id));
        check.within(&self.id_in, Some(&row.id));
        check.equals(self.first_name.as_ref(), row.first_name.as_deref());
        check.like(self.first_name_like.as_ref(), row.first_name.as_deref());
        check.equals(self.last_name.as_ref(), row.last_name.as_deref());
        check.like(self.last_name_like.as_ref(), row.last_name.as_deref());
        check.equals(self.email.as_ref(), row.email.as_deref());
        check.like(self.email_like.as_ref(), row.email.as_deref());
        check.text(self.member_of_group.as_ref(), |group| world.is_member(&row.id, group));
        check.text(self.member_of_tenant.as_ref(), |tenant| {
            world.members_of_tenant(tenant).any(|member| *member == Member::User(row.id.clone()))
        });
        check.text(self.potential_starter.as_ref(), |definition| {
            world.process_definition_by_text(definition).is_some_and(|definition| {
                definition.starter_users.contains(&row.id)
                    || definition.starter_groups.iter().any(|group| world.is_member(&row.id, group))
            })
        });
        check.verdict()
    }

    fn visible(&self, row: UserRow<'_>, viewer: &Caller) -> bool {
        row.world.may(viewer, Resource::User, Some(&row.id), READ)
    }

    fn sorting(&self) -> &[Sort<UserSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &UserSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            UserSorting::UserId => row.entity.id.as_str().into(),
            UserSorting::FirstName => row.entity.first_name.as_deref().into(),
            UserSorting::LastName => row.entity.last_name.as_deref().into(),
            UserSorting::Email => row.entity.email.as_deref().into(),
        }
    }
}

impl Criteria for GroupQuery {
    type Row<'w> = GroupRow<'w>;
    type SortBy = GroupSorting;

    fn everything(world: &World) -> Rows<'_, GroupRow<'_>> {
        Box::new(world.groups().map(move |group| Row::new(world, group)))
    }

    fn row(_: &World, _: Id) -> Option<GroupRow<'_>> {
        None
    }

    fn narrowed(&self, _: &World) -> Option<Vec<Id>> {
        None
    }

    fn matches(&self, row: GroupRow<'_>) -> bool {
        let world = row.world;
        let mut check = Check::all();
        check.equals(self.id.as_ref(), Some(&row.id));
        check.within(&self.id_in, Some(&row.id));
        check.equals(self.name.as_ref(), row.name.as_deref());
        check.like(self.name_like.as_ref(), row.name.as_deref());
        check.equals(self.kind.as_ref(), row.kind.as_deref());
        check.text(self.member.as_ref(), |user| world.is_member(user, &row.id));
        check.text(self.member_of_tenant.as_ref(), |tenant| {
            world.members_of_tenant(tenant).any(|member| *member == Member::Group(row.id.clone()))
        });
        check.verdict()
    }

    fn visible(&self, row: GroupRow<'_>, viewer: &Caller) -> bool {
        row.world.may(viewer, Resource::Group, Some(&row.id), READ)
    }

    fn sorting(&self) -> &[Sort<GroupSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &GroupSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            GroupSorting::Id => row.entity.id.as_str().into(),
            GroupSorting::Name => row.entity.name.as_deref().into(),
            GroupSorting::Type => row.entity.kind.as_deref().into(),
        }
    }
}

impl Criteria for TenantQuery {
    type Row<'w> = TenantRow<'w>;
    type SortBy = TenantSorting;

    fn everything(world: &World) -> Rows<'_, TenantRow<'_>> {
        Box::new(world.tenants().map(move |tenant| Row::new(world, tenant)))
    }

    fn row(_: &World, _: Id) -> Option<TenantRow<'_>> {
        None
    }

    fn narrowed(&self, _: &World) -> Option<Vec<Id>> {
        None
    }

    fn matches(&self, row: TenantRow<'_>) -> bool {
        let world = row.world;
        let has = |wanted: &Member| world.members_of_tenant(&row.id).any(|member| member == wanted);
        let mut check = Check::all();
        check.equals(self.id.as_ref(), Some(&row.id));
        check.within(&self.id_in, Some(&row.id));
        check.equals(self.name.as_ref(), row.name.as_deref());
        check.like(self.name_like.as_ref(), row.name.as_deref());
        check.text(self.user_member.as_ref(), |user| {
            has(&Member::User(user.to_owned()))
                || self.including_groups_of_user
                    && world.groups_of(user).any(|group| has(&Member::Group(group.to_owned())))
        });
        check.text(self.group_member.as_ref(), |group| has(&Member::Group(group.to_owned())));
        check.verdict()
    }

    fn visible(&self, row: TenantRow<'_>, viewer: &Caller) -> bool {
        row.world.may(viewer, Resource::Tenant, Some(&row.id), READ)
    }

    fn sorting(&self) -> &[Sort<TenantSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &TenantSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            TenantSorting::Id => row.entity.id.as_str().into(),
            TenantSorting::Name => row.entity.name.as_deref().into(),
        }
    }
}
