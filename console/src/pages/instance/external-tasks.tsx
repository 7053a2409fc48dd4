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
import { usePaging } from '../../state/url';
import { en } from '../../text/en';
import { Badge, Time } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Answer, Empty } from '../../ui/feedback';
import { Menu } from '../../ui/menu';
import { Pager, Table } from '../../ui/table';

export function ExternalTasks({ instanceId }: { instanceId: string }) {
  const paging = usePaging(25, 'epage');
  const [shown, setShown] = useState<ExternalTask | null>(null);
  const rows = useLive(
    ['instance', instanceId, 'external-task-page', paging.page],
    (signal) =>
      listExternalTasks(
        {
          processInstanceId: instanceId,
          sortBy: 'id',
          sortOrder: 'asc',
          firstResult: paging.firstResult,
          maxResults: paging.size,
        },
        signal,
      ),
    { instance: instanceId },
  );
  const count = useLive(
    ['instance', instanceId, 'external-task-count'],
    (signal) => countExternalTasks({ processInstanceId: instanceId }, signal),
    { instance: instanceId },
  );
  const retry = useAction((task: ExternalTask) => setExternalTaskRetries(task.id, 1), {
    done: en.instance.retried,
  });
  const unlock = useAction((task: ExternalTask) => unlockExternalTask(task.id), {
    done: en.instance.unlocked,
  });
  return (
    <>
      <Table
        label={en.instance.externalTasks}
        rows={rows}
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
          {
            id: 'retries',
            label: en.instances.retries,
            narrow: true,
            align: 'end',
            cell: (task) => (task.retries === 0 ? <Badge tone="bad">0</Badge> : (task.retries ?? '–')),
          },
          {
            id: 'error',
            label: en.incidents.message,
            cell: (task) =>
              task.errorMessage && (
                <button type="button" className="link clip" onClick={() => setShown(task)}>
                  {task.errorMessage}
                </button>
              ),
          },
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
      <Pager paging={paging} count={count.data} shown={rows.data?.length ?? 0} />
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
          {(text) => (
            <pre className="source" tabIndex={0} aria-label={en.instance.stack}>
              {text || en.instance.noStack}
            </pre>
          )}
        </Answer>
      </div>
    </Dialog>
  );
}
