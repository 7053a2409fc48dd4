//! Saved task queries.

use engine_core::{
    error::Fault,
    history::{Operation, TASK_WORKER},
};
use models::Id;

use super::Change;
use crate::{
    request::{Admin, FilterDraft},
    world::{
        Filter, Record, RecordKey,
        permission::{ALL, Resource},
    },
};

/// A text that must be there.
fn text(value: Option<&str>, what: &str, field: &str) -> Result<String, Fault> {
    match value {
        None => Err(Fault::not_valid(format!("Filter {what} must not be null or empty: {field} is null"))),
        Some("") => Err(Fault::not_valid(format!("Filter {what} must not be null or empty: {field} is empty"))),
        Some(text) => Ok(text.to_owned()),
    }
}

impl Change<'_> {
    fn note_filter(&mut self, verb: &str, id: Id) {
        self.log.push(Operation::new(verb, "Filter", TASK_WORKER).with("filterId", id));
    }

    pub(super) fn create_filter(&mut self, change: &Admin, draft: &FilterDraft) -> Result<Id, Fault> {
        let filter = Filter {
            id: self.ids.fresh(),
            resource_type: text(draft.resource_type.as_deref(), "resource type", "resourceType")?,
            name: text(draft.name.as_deref(), "name", "name")?,
            owner: draft.owner.clone(),
            query: draft.query.clone().unwrap_or_else(|| "{}".to_owned()),
            properties: draft.properties.clone(),
            revision: 1,
        };
        self.check(change)?;
        let id = filter.id;
        if let Some(owner) = &filter.owner {
            self.grant_user(owner, Resource::Filter, &id.to_string(), ALL);
        }
        self.put(Record::Filter(Box::new(filter)));
        self.note_filter("Create", id);
        Ok(id)
    }

    pub(super) fn update_filter(&mut self, change: &Admin, id: Id, draft: &FilterDraft) -> Result<Option<Id>, Fault> {
        let before = self.world.filter(id).cloned().ok_or_else(|| missing(id))?;
        if draft.resource_type.as_ref().is_some_and(|kind| *kind != before.resource_type) {
            return Err(Fault::not_valid("Cannot overwrite filter resource type: resourceType is not null"));
        }
        let filter = Filter {
            name: text(draft.name.as_deref(), "name", "name")?,
            owner: draft.owner.clone(),
            query: draft.query.clone().unwrap_or_else(|| before.query.clone()),
            properties: draft.properties.clone(),
            revision: before.revision + 1,
            ..before
        };
        self.check(change)?;
        self.put(Record::Filter(Box::new(filter)));
        self.note_filter("Update", id);
        Ok(None)
    }

    pub(super) fn delete_filter(&mut self, change: &Admin, id: Id) -> Result<Option<Id>, Fault> {
        self.check(change)?;
        if self.world.filter(id).is_none() {
            return Err(missing(id));
        }
        self.drop_authorizations(Resource::Filter, &id.to_string(), |_| true);
        self.remove(RecordKey::Filter(id));
        self.note_filter("Delete", id);
        Ok(None)
    }
}

fn missing(id: Id) -> Fault {
    Fault::null(format!("No filter found for filter id '{id}': filter is null"))
}
