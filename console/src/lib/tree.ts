/** Reading the activity instance tree of the API. */
import type { ActivityInstance, TransitionInstance } from '../api/types';

export interface TreeNode {
  id: string;
  activityId: string;
  label: string;
  type: string;
  executionIds: string[];
  /** A token before or after an activity, waiting for its asynchronous continuation. */
  transition: boolean;
  incidents: number;
  children: TreeNode[];
}

export function toTree(root: ActivityInstance): TreeNode {
  return {
    id: root.id,
    activityId: root.activityId,
    label: root.activityName || root.activityId,
    type: root.activityType,
    executionIds: root.executionIds,
    transition: false,
    incidents: root.incidentIds?.length ?? 0,
    children: [
      ...root.childActivityInstances.map(toTree),
      ...root.childTransitionInstances.map(transitionNode),
    ],
  };
}

function transitionNode(transition: TransitionInstance): TreeNode {
  return {
    id: transition.id,
    activityId: transition.activityId,
    label: transition.activityName || transition.activityId,
    type: transition.activityType,
    executionIds: [transition.executionId],
    transition: true,
    incidents: transition.incidentIds?.length ?? 0,
    children: [],
  };
}

/** Tokens by activity: leaves are where a token is; a scope counts only when nothing is inside it. */
export function tokenCounts(root: TreeNode): Map<string, number> {
  const counts = new Map<string, number>();
  const visit = (node: TreeNode, isRoot: boolean) => {
    if (node.children.length === 0 && !isRoot) {
      counts.set(node.activityId, (counts.get(node.activityId) ?? 0) + 1);
    }
    for (const child of node.children) visit(child, false);
  };
  visit(root, true);
  return counts;
}

export function* walk(root: TreeNode): Generator<TreeNode> {
  yield root;
  for (const child of root.children) yield* walk(child);
}

/** Which activity an execution belongs to: names the scope of a variable. */
export function scopeOf(root: TreeNode, executionId: string): TreeNode | null {
  let found: TreeNode | null = null;
  // The innermost node wins: a scope lists its own execution, a leaf in a concurrent branch its branch.
  for (const node of walk(root)) if (node.executionIds.includes(executionId)) found = node;
  return found;
}
