import { Link } from 'react-router';
import { countTasks, queryTasks } from '../../api/tasks';
import { byPost, useList } from '../../state/list';
import { en } from '../../text/en';
import { Time } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { List } from '../../ui/table';
import { taskPath } from '../links';

export function InstanceTasks({ instanceId }: { instanceId: string }) {
  const filter = { processInstanceId: instanceId };
  const list = useList({
    key: ['instance', instanceId, 'task-page'],
    fetch: byPost(queryTasks, filter),
    count: (signal) => countTasks(filter, signal),
    sortBy: 'created',
    name: 'tasks',
    instance: instanceId,
  });
  return (
    <List
      of={list}
      label={en.instance.tasks}
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
