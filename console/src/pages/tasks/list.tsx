import type { Task } from '../../api/types';
import { parseDate } from '../../lib/format';
import { en } from '../../text/en';
import { Badge, Time } from '../../ui/controls';
import { Icon } from '../../ui/icon';
import { DefinitionName } from '../links';

interface TaskListProps {
  tasks: Task[];
  selected: string;
  onSelect: (id: string) => void;
}

export function TaskList({ tasks, selected, onSelect }: TaskListProps) {
  return (
    <ul className="tasks">
      {tasks.map((task) => (
        <li key={task.id}>
          <button
            type="button"
            aria-current={task.id === selected || undefined}
            onClick={() => onSelect(task.id)}
          >
            <span className="task-name">{task.name || task.taskDefinitionKey || task.id}</span>
            <span className="task-line">
              <span className="muted clip">
                {task.processDefinitionId ? (
                  <DefinitionName id={task.processDefinitionId} />
                ) : (
                  en.tasks.standalone
                )}
              </span>
              <span className="muted">
                <Time value={task.created} />
              </span>
            </span>
            <span className="task-line">
              <span className={task.assignee ? 'task-who' : 'task-who muted'}>
                <Icon name="user" size={13} /> {task.assignee ?? en.tasks.unassigned}
              </span>
              <Due task={task} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Due({ task }: { task: Task }) {
  if (task.suspended) return <Badge tone="warn">{en.processes.suspended}</Badge>;
  if (!task.due)
    return task.priority !== 50 && task.priority !== 0 ? (
      <Badge>{en.tasks.priorityIs(task.priority)}</Badge>
    ) : null;
  const overdue = parseDate(task.due) < new Date();
  return (
    <Badge tone={overdue ? 'bad' : 'neutral'}>
      {en.tasks.due} <Time value={task.due} />
    </Badge>
  );
}
