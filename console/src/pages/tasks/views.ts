/** The ready-made views of the task list. */
import type { Body } from '../../lib/filters';
import { en } from '../../text/en';

export interface View {
  id: string;
  label: string;
  base: Body;
  /** Makes no sense before it is known who works here. */
  needsUser: boolean;
}

export function views(user: string): View[] {
  return [
    { id: 'mine', label: en.tasks.views.mine, base: { assignee: user }, needsUser: true },
    { id: 'candidate', label: en.tasks.views.candidate, base: { candidateUser: user }, needsUser: true },
    { id: 'unassigned', label: en.tasks.views.unassigned, base: { unassigned: true }, needsUser: false },
    { id: 'all', label: en.tasks.views.all, base: {}, needsUser: false },
  ];
}
