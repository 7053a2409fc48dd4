//! `userTask`.

use models::bpmn::{NodeKind, UserTask};

use super::{
    Builder, Step, documentation, java,
    scope::{Role, ScopeIx},
};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    pub(super) fn parse_user_task(&mut self, element: Element<'d>, scope: ScopeIx) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        self.parse_async(element, activity)?;
        let mut task = UserTask { form: self.parse_form(element)?, ..UserTask::default() };
        self.optional_expression(element.attribute("name"))?;
        self.optional_expression(documentation(element).as_deref())?;
        self.parse_human_performer(element, &mut task)?;
        for owner in element.children_named("potentialOwner") {
            self.parse_resource_assignment(owner, &mut task.candidate_users, &mut task.candidate_groups)?;
        }
        self.parse_assignment(element, &mut task)?;
        task.listeners = self.parse_task_listeners(element, activity)?;
        task.due_date = self.optional_expression(element.extension("dueDate"))?;
        task.follow_up_date = self.optional_expression(element.extension("followUpDate"))?;
        task.priority = self.optional_expression(element.extension("priority"))?;
        task.has_properties = self.check_properties(element);
        self.finish(activity, Role::UserTask, NodeKind::UserTask(Box::new(task)));
        self.parse_execution_listeners(element, activity)?;
        Ok(activity)
    }

    fn parse_human_performer(&mut self, element: Element<'d>, task: &mut UserTask) -> Step {
        let performers: Vec<_> = element.children_named("humanPerformer").collect();
        match performers.as_slice() {
            [] => {}
            [performer] => {
                if let Some(expression) = assignment_expression(*performer)? {
                    task.assignee = Some(self.expression(expression.text())?);
                }
            }
            _ => {
                let name = element.attribute("name").unwrap_or("null");
                let message =
                    format!("Invalid task definition: multiple humanPerformer sub elements defined for {name}");
                self.error(rules::HUMAN_PERFORMER, message, element);
            }
        }
        Ok(())
    }

    /// `camunda:assignee` and the candidates.
    fn parse_assignment(&mut self, element: Element<'d>, task: &mut UserTask) -> Step {
        if let Some(assignee) = element.extension("assignee") {
            if task.assignee.is_none() {
                task.assignee = Some(self.expression(assignee)?);
            } else {
                let name = element.attribute("name").unwrap_or("null");
                let message = format!("Invalid usage: duplicate assignee declaration for task {name}");
                self.error(rules::ASSIGNEE, message, element);
            }
        }
        for (name, list) in
            [("candidateUsers", &mut task.candidate_users), ("candidateGroups", &mut task.candidate_groups)]
        {
            for candidate in java::comma_separated(element.extension(name).unwrap_or_default()) {
                list.push(self.expression(java::trim(&candidate))?);
            }
        }
        Ok(())
    }

    /// `user(…)`, `group(…)` and bare groups in a `resourceAssignmentExpression`.
    pub(super) fn parse_resource_assignment(
        &mut self,
        element: Element<'d>,
        users: &mut Vec<String>,
        groups: &mut Vec<String>,
    ) -> Step {
        let Some(expression) = assignment_expression(element)? else {
            return Ok(());
        };
        for entry in java::comma_separated(expression.text()) {
            let entry = java::trim(&entry);
            let inside = |prefix| {
                let rest = entry.strip_prefix(prefix)?;
                let mut rest = rest.chars();
                rest.next_back();
                Some(java::trim(rest.as_str()).to_owned())
            };
            if let Some(user) = inside("user(") {
                users.push(self.expression(&user)?);
            } else if let Some(group) = inside("group(") {
                groups.push(self.expression(&group)?);
            } else {
                groups.push(self.expression(entry)?);
            }
        }
        Ok(())
    }

    /// Legacy `property` children, which make the task a scope.
    fn check_properties(&mut self, element: Element<'d>) -> bool {
        let mut found = false;
        for property in element.children_named("property") {
            found = true;
            if property.attribute("name").is_none() && property.id().is_none() {
                let message =
                    format!("Invalid property usage on line {}: no id or name specified.", property.position().line);
                self.error_for(rules::PROPERTY, message, property, &[element.id()]);
            }
        }
        found
    }
}

fn assignment_expression(element: Element<'_>) -> Step<Option<Element<'_>>> {
    Ok(match element.child("resourceAssignmentExpression")? {
        Some(assignment) => assignment.child("formalExpression")?,
        None => None,
    })
}
