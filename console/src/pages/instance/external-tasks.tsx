import { useState } from 'react';
import {
  countExternalTasks,
  externalTaskErrorDetails,
  listExternalTasks,
  setExternalTaskRetries,
  unlockExternalTask,
} from '../../api/processes';
import type { ExternalTask } from '../../api/types';
import { useAction, useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Badge, Time } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Answer, Empty } from '../../ui/feedback';
import { Menu } from '../../ui/menu';
import { Source } from '../../ui/source';
import { List } from '../../ui/table';
import { errorColumn, retriesColumn, useListOf } from './scoped';

export function ExternalTasks({ instanceId }: { instanceId: string }) {
  const [shown, setShown] = useState<ExternalTask | null>(null);
  const list = useListOf(instanceId, {
    what: 'external-tasks',
    list: listExternalTasks,
    count: countExternalTasks,
    sortBy: 'id',
  });
  const retry = useAction((task: ExternalTask) => setExternalTaskRetries(task.id, 1), {
    done: en.instance.retried,
  });
  const unlock = useAction((task: ExternalTask) => unlockExternalTask(task.id), {
    done: en.instance.unlocked,
  });
  return (
    <>
      <List
        of={list}
        label={en.instance.externalTasks}
        rowId={(task) => task.id}
        empty={<Empty icon="gear" title={en.instance.noExternalTasks} />}
        columns={[
          { id: 'activity', label: en.incidents.activity, cell: (task) => <code>{task.activityId}</code> },
          { id: 'topic', label: en.instance.topic, cell: (task) => <Badge>{task.topicName}</Badge> },
          {
            id: 'worker',
            label: en.instance.worker,
            cell: (task) => task.workerId ?? <span className="muted">–</span>,
          },
          {
            id: 'lock',
            label: en.instance.lockedUntil,
            narrow: true,
            cell: (task) => <Time value={task.lockExpirationTime} />,
          },
          retriesColumn(),
          errorColumn<ExternalTask>((task) => task.errorMessage, setShown),
        ]}
        rowActions={(task) => (
          <Menu
            compact
            label={en.instance.externalTaskActions(task.topicName)}
            items={[
              { label: en.instance.retry, icon: 'retry', onSelect: () => retry.mutate(task) },
              {
                label: en.instance.unlock,
                icon: 'close',
                disabled: !task.workerId,
                onSelect: () => unlock.mutate(task),
              },
            ]}
          />
        )}
      />
      {shown && <Details task={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function Details({ task, onClose }: { task: ExternalTask; onClose: () => void }) {
  const details = useLive(['external-task', task.id, 'details'], () => externalTaskErrorDetails(task.id), {
    slow: 60_000,
  });
  return (
    <Dialog title={task.topicName} onClose={onClose} wide>
      <div className="dialog-body">
        <p className="incident-message">{task.errorMessage}</p>
        <Answer of={details}>
          {(text) => <Source label={en.instance.stack}>{text || en.instance.noStack}</Source>}
        </Answer>
      </div>
    </Dialog>
  );
}
