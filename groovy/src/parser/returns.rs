//! The implicit return: the last statement of a body is its value.

use crate::ast::{Case, Expr, ExprKind, Stmt};

/// Turns the last statement into a return, inside of branches too.
pub(super) fn add(body: &mut Vec<Stmt>) {
    match body.last_mut() {
        // A declaration is an expression to Groovy; its value is the variable's.
        Some(Stmt::Declare { slot, value: Some(_), .. }) => {
            let variable = Expr::new(0, ExprKind::Local(*slot));
            body.push(Stmt::Return(Some(variable)));
        }
        Some(last) => add_to(last),
        None => {}
    }
}

fn add_to(statement: &mut Stmt) {
    match statement {
        Stmt::Expr(_) => {
            if let Stmt::Expr(value) = std::mem::replace(statement, Stmt::Return(None)) {
                *statement = Stmt::Return(Some(value));
            }
        }
        Stmt::Block(body) => add(body),
        Stmt::If { then, otherwise, .. } => {
            add_to(then);
            if let Some(otherwise) = otherwise {
                add_to(otherwise);
            }
        }
        Stmt::Try(parts) => {
            add(&mut parts.body);
            for catch in &mut parts.catches {
                add(&mut catch.body);
            }
        }
        Stmt::Switch { switch, .. } => add_to_cases(&mut switch.cases),
        Stmt::Declare { .. }
        | Stmt::DeclareMany { .. }
        | Stmt::While { .. }
        | Stmt::DoWhile { .. }
        | Stmt::ForIn { .. }
        | Stmt::For { .. }
        | Stmt::Break(_)
        | Stmt::Continue(_)
        | Stmt::Return(_)
        | Stmt::Throw(_)
        | Stmt::Assert { .. } => {}
    }
}

/// A case that ends in `break` yields the statement before it; so does the last case.
pub(super) fn add_to_cases(cases: &mut [Case]) {
    let count = cases.len();
    for (index, case) in cases.iter_mut().enumerate() {
        let breaks = matches!(case.body.last(), Some(Stmt::Break(None)));
        if breaks {
            case.body.pop();
            add(&mut case.body);
            case.body.push(Stmt::Break(None));
        } else if index + 1 == count {
            add(&mut case.body);
        }
    }
}
