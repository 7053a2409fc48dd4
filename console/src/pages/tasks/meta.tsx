import { useState } from 'react';
import { assignTask, claimTask, unclaimTask, updateTask } from '../../api/tasks';
import type { Task } from '../../api/types';
import { parseDate, toEngineDate } from '../../lib/format';
import { useAction } from '../../state/queries';
import { useSession } from '../../state/session';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { Button, TextField, Time } from '../../ui/controls';

type Editing = 'assignee' | 'due' | 'followUp' | 'priority';

/** Who has the task and until when; each can be changed where it stands. */
export function TaskMeta({ task }: { task: Task }) {
  const { user } = useSession();
  const [editing, setEditing] = useState<Editing | null>(null);
  const claim = useAction(() => claimTask(task.id, user), { done: en.tasks.claimed });
  const unclaim = useAction(() => unclaimTask(task.id), { done: en.tasks.unclaimed });
  return (
    <div className="task-meta">
      <Item label={en.tasks.assignee}>
        <button type="button" className="link" onClick={() => setEditing('assignee')}>
          {task.assignee ?? en.tasks.unassigned}
        </button>
        {task.assignee ? (
          <Button small look="ghost" busy={unclaim.isPending} onClick={() => unclaim.mutate(undefined)}>
            {en.tasks.unclaim}
          </Button>
        ) : (
          <Button
            small
            look="primary"
            busy={claim.isPending}
            disabled={!user}
            title={user ? undefined : en.nav.workAsHint}
            onClick={() => claim.mutate(undefined)}
          >
            {en.tasks.claim}
          </Button>
        )}
      </Item>
      <Item label={en.tasks.due}>
        <button type="button" className="link" onClick={() => setEditing('due')}>
          {task.due ? <Time value={task.due} /> : en.tasks.setDate}
        </button>
      </Item>
      <Item label={en.tasks.followUp}>
        <button type="button" className="link" onClick={() => setEditing('followUp')}>
          {task.followUp ? <Time value={task.followUp} /> : en.tasks.setDate}
        </button>
      </Item>
      <Item label={en.tasks.priority}>
        <button type="button" className="link" onClick={() => setEditing('priority')}>
          {task.priority}
        </button>
      </Item>
      <Item label={en.filters.created}>
        <Time value={task.created} />
      </Item>
      {editing && <EditDialog task={task} what={editing} onClose={() => setEditing(null)} />}
    </div>
  );
}

const Item = ({ label, children }: { label: string; children: React.ReactNode }) => (
  <div className="meta-item">
    <span className="meta-label">{label}</span>
    <span className="meta-value">{children}</span>
  </div>
);

function initialText(task: Task, what: Editing): string {
  if (what === 'assignee') return task.assignee ?? '';
  if (what === 'priority') return String(task.priority);
  const value = what === 'due' ? task.due : task.followUp;
  if (!value) return '';
  const date = parseDate(value);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

async function change(task: Task, what: Editing, text: string): Promise<void> {
  if (what === 'assignee') return assignTask(task.id, text.trim() || null);
  if (what === 'priority') return updateTask({ ...task, priority: Number(text) });
  return updateTask({ ...task, [what]: text ? toEngineDate(new Date(text)) : null });
}

function EditDialog({ task, what, onClose }: { task: Task; what: Editing; onClose: () => void }) {
  const [text, setText] = useState(() => initialText(task, what));
  const type = what === 'assignee' ? 'text' : what === 'priority' ? 'number' : 'datetime-local';
  return (
    <ActionDialog title={en.tasks[what]} action={() => change(task, what, text)} onClose={onClose}>
      <TextField
        label={en.tasks[what]}
        type={type}
        value={text}
        onChange={setText}
        hint={what === 'priority' ? undefined : en.tasks.emptyToRemove}
      />
    </ActionDialog>
  );
}
