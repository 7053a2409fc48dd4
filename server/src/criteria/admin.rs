//! Criteria of batches, people, authorizations and filters.

use tollgate::query::{
    AuthorizationQuery, BatchQuery, BatchStatisticsQuery, FilterQuery, GroupQuery, HistoricBatchQuery, TenantQuery,
    UserQuery,
};

use crate::http::parameters;

parameters! {
    /// Criteria of [`BatchQuery`].
    BATCH: BatchQuery {
        "batchId" => batch_id,
        "type" => kind,
        "tenantIdIn" => tenant_id_in,
        "suspended" => suspended,
        "active" => active,
        "withoutTenantId" => without_tenant_id,
    }
}

parameters! {
    /// Criteria of [`BatchStatisticsQuery`].
    BATCH_STATISTICS: BatchStatisticsQuery {
        "batchId" => batch_id,
        "type" => kind,
        "createdBy" => created_by,
        "tenantIdIn" => tenant_id_in,
        "startedBefore" => started_before,
        "startedAfter" => started_after,
        "suspended" => suspended,
        "active" => active,
        "withoutTenantId" => without_tenant_id,
        "withFailures" => with_failures,
        "withoutFailures" => without_failures,
    }
}

parameters! {
    /// Criteria of [`HistoricBatchQuery`].
    HISTORIC_BATCH: HistoricBatchQuery {
        "batchId" => batch_id,
        "type" => kind,
        "tenantIdIn" => tenant_id_in,
        "withoutTenantId" => without_tenant_id,
        "completed" => completed,
    }
}

parameters! {
    /// Criteria of [`UserQuery`].
    USER: UserQuery {
        "id" => id,
        "firstName" => first_name,
        "firstNameLike" => first_name_like,
        "lastName" => last_name,
        "lastNameLike" => last_name_like,
        "email" => email,
        "emailLike" => email_like,
        "memberOfGroup" => member_of_group,
        "memberOfTenant" => member_of_tenant,
        "potentialStarter" => potential_starter,
        "idIn" => id_in,
    }
}

parameters! {
    /// Criteria of [`GroupQuery`].
    GROUP: GroupQuery {
        "id" => id,
        "name" => name,
        "nameLike" => name_like,
        "type" => kind,
        "member" => member,
        "memberOfTenant" => member_of_tenant,
        "idIn" => id_in,
    }
}

parameters! {
    /// Criteria of [`TenantQuery`].
    TENANT: TenantQuery {
        "id" => id,
        "name" => name,
        "nameLike" => name_like,
        "userMember" => user_member,
        "groupMember" => group_member,
        "idIn" => id_in,
        "includingGroupsOfUser" => including_groups_of_user,
    }
}

parameters! {
    /// Criteria of [`AuthorizationQuery`].
    AUTHORIZATION: AuthorizationQuery {
        "id" => id,
        "resourceId" => resource_id,
        "userIdIn" => user_id_in,
        "groupIdIn" => group_id_in,
    } with {
        "type" => |query, input| crate::http::params::int(&mut query.kind, input),
        "resourceType" => |query, input| crate::http::params::int(&mut query.resource_type, input),
    }
}

parameters! {
    /// Criteria of [`FilterQuery`].
    FILTER: FilterQuery {
        "filterId" => filter_id,
        "resourceType" => resource_type,
        "name" => name,
        "nameLike" => name_like,
        "owner" => owner,
    }
}
