import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { Task } from '../../api/types';
import { en } from '../../text/en';
import { Time } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { Table } from '../../ui/table';
import { taskPath } from '../links';

export function InstanceTasks({ rows }: { rows: UseQueryResult<Task[]> }) {
  return (
    <Table
      label={en.instance.tasks}
      rows={rows}
      rowId={(task) => task.id}
      empty={<Empty icon="task" title={en.instance.noTasks} />}
      columns={[
        {
          id: 'name',
          label: en.common.name,
          cell: (task) => (
            <Link to={taskPath(task.id)} className="strong">
              {task.name ?? task.taskDefinitionKey ?? task.id}
            </Link>
          ),
        },
        {
          id: 'assignee',
          label: en.tasks.assignee,
          cell: (task) => task.assignee ?? <span className="muted">–</span>,
        },
        { id: 'created', label: en.filters.created, cell: (task) => <Time value={task.created} /> },
        { id: 'due', label: en.tasks.due, cell: (task) => <Time value={task.due} /> },
      ]}
    />
  );
}
