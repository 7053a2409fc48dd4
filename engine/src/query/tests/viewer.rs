//! What a viewer may read.

use models::Id;

use super::super::*;
use crate::{
    request::Caller,
    world::{
        Authorization, AuthorizationType, Record, World,
        fixture::{self, execution, task},
        permission::{READ, READ_INSTANCE, Resource},
    },
};

fn viewer(authorized: bool, tenants: &[&str]) -> Caller {
    Caller {
        user: Some("ann".to_owned()),
        tenants: tenants.iter().map(|tenant| (*tenant).to_owned()).collect(),
        authorized,
        ..Caller::default()
    }
}

fn grant(world: &mut World, id: u128, resource: Resource, resource_id: &str, permissions: i32) {
    world.put(Record::Authorization(Box::new(Authorization {
        id: Id::new(id),
        kind: AuthorizationType::Grant,
        user: Some("ann".to_owned()),
        group: None,
        resource_type: resource.number(),
        resource_id: resource_id.to_owned(),
        permissions,
        root_process_instance: None,
        removal_time: None,
    })));
}

#[test]
fn viewers_see_what_they_may_read() {
    let mut world = World::default();
    let definitions = fixture::deploy(&mut world);
    for (id, definition) in [(1000, definitions[0]), (2000, definitions[0]), (3000, definitions[1])] {
        world.put_execution(execution(id, None, id, definition));
    }
    let seen = |world: &World, viewer: &Caller| -> Vec<u128> {
        let query = ProcessInstanceQuery::default();
        query.list(world, Page::default(), Some(viewer)).iter().map(|row| row.id.number()).collect()
    };
    let ann = viewer(true, &[]);
    assert_eq!(seen(&world, &ann), [0; 0]);
    assert_eq!(seen(&world, &viewer(false, &[])).len(), 3);
    grant(&mut world, 1, Resource::ProcessInstance, &Id::new(2000).to_string(), READ);
    assert_eq!(seen(&world, &ann), [2000]);
    grant(&mut world, 2, Resource::ProcessDefinition, "alpha", READ_INSTANCE);
    assert_eq!(seen(&world, &ann), [1000, 2000, 3000]);
}

#[test]
fn viewers_see_their_tenants_and_what_belongs_to_nobody() {
    let mut world = World::default();
    for (id, tenant) in [(1, None), (2, Some("red")), (3, Some("blue"))] {
        let mut row = task(id, None);
        row.tenant = tenant.map(Into::into);
        world.put_task(row);
    }
    let seen = |caller: &Caller| TaskQuery::default().count(&world, Some(caller));
    assert_eq!(seen(&viewer(false, &["red"])), 2);
    assert_eq!(seen(&Caller::default()), 3);
    let admin = Caller { groups: vec!["camunda-admin".to_owned()], ..viewer(false, &[]) };
    assert_eq!(seen(&admin), 3);
}
