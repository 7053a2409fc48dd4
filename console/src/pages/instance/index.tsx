import { useState } from 'react';
import { useParams } from 'react-router';
import { suspendInstance } from '../../api/processes';
import type { HistoricProcessInstance } from '../../api/types';
import { preloadBpmn } from '../../diagram';
import { formatDuration } from '../../lib/format';
import { shortId } from '../../lib/ids';
import { useAction } from '../../state/queries';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { Button, CopyId, Time } from '../../ui/controls';
import { Answer } from '../../ui/feedback';
import { Menu } from '../../ui/menu';
import { Page } from '../../ui/page';
import { Tabs } from '../../ui/tabs';
import { OperationTable } from '../audit/operation-table';
import { IncidentTable } from '../incidents/table';
import { InstanceLink, InstanceState, processPath } from '../links';
import { CalledInstances } from './called';
import { CancelDialog } from './cancel-dialog';
import { ExternalTasks } from './external-tasks';
import { Jobs } from './jobs';
import { Overview } from './overview';
import { RestartDialog } from './restart-dialog';
import { InstanceTasks } from './tasks';
import { Timeline } from './timeline';
import {
  counted,
  useActivityTree,
  useCalledOf,
  useExternalTasksOf,
  useHistoricInstance,
  useIncidentsOf,
  useJobsOf,
  useTasksOf,
} from './use-instance';
import { Variables } from './variables';

preloadBpmn();

export default function InstancePage() {
  const { instanceId = '' } = useParams();
  const instance = useHistoricInstance(instanceId);
  return <Answer of={instance}>{(data) => <Instance key={data.id} instance={data} />}</Answer>;
}

function Instance({ instance }: { instance: HistoricProcessInstance }) {
  const [tab, setTab] = useParam('tab', 'variables');
  const [dialog, setDialog] = useState<'cancel' | 'restart' | null>(null);
  const [modifying, setModifying] = useState(false);
  const running = instance.endTime === null;
  const suspended = instance.state === 'SUSPENDED';
  const { id } = instance;
  const tree = useActivityTree(id, running);
  const tasks = useTasksOf(id);
  const jobs = useJobsOf(id);
  const externalTasks = useExternalTasksOf(id);
  const incidents = useIncidentsOf(id);
  const called = useCalledOf(id);
  const suspend = useAction(() => suspendInstance(id, !suspended), {
    done: suspended ? en.instance.resumed : en.instance.suspended,
  });
  const process = instance.processDefinitionName || instance.processDefinitionKey;

  return (
    <Page
      title={instance.businessKey || shortId(id)}
      trail={[
        { label: en.processes.title, to: '/processes' },
        {
          label: `${process} ${en.common.versionNumber(instance.processDefinitionVersion)}`,
          to: processPath(instance.processDefinitionId),
        },
      ]}
      mark={<InstanceState state={instance.state} />}
      lead={
        <>
          <CopyId id={id} full />
          <span>
            {en.instance.started} <Time value={instance.startTime} />
            {instance.startUserId && ` ${en.instance.by(instance.startUserId)}`}
          </span>
          {instance.endTime && (
            <span>
              {en.instance.ended} <Time value={instance.endTime} />
              {instance.durationInMillis !== null &&
                ` ${en.instance.after(formatDuration(instance.durationInMillis))}`}
            </span>
          )}
          {instance.superProcessInstanceId && (
            <span>
              {en.instance.calledBy} <InstanceLink id={instance.superProcessInstanceId} />
            </span>
          )}
          {instance.deleteReason && <span>{en.instance.deleteReason(instance.deleteReason)}</span>}
        </>
      }
      actions={
        running ? (
          <>
            <Menu
              label={en.table.actions}
              items={[
                {
                  label: suspended ? en.instance.resume : en.instance.suspend,
                  icon: suspended ? 'play' : 'pause',
                  onSelect: () => suspend.mutate(undefined),
                },
                {
                  label: en.instance.cancel,
                  icon: 'stop',
                  danger: true,
                  onSelect: () => setDialog('cancel'),
                },
              ]}
            />
            <Button icon="move" aria-pressed={modifying} onClick={() => setModifying(!modifying)}>
              {en.instance.modify}
            </Button>
          </>
        ) : (
          <Button icon="retry" onClick={() => setDialog('restart')}>
            {en.instance.restart}
          </Button>
        )
      }
    >
      <Overview instance={instance} modifying={modifying} onModified={() => setModifying(false)} />
      <Tabs
        label={en.instance.details}
        active={tab}
        onChange={setTab}
        tabs={[
          {
            id: 'variables',
            label: en.instance.variables,
            content: () => <Variables instanceId={id} running={running} tree={tree} />,
          },
          {
            id: 'incidents',
            label: en.instance.incidents,
            count: counted(incidents.data),
            tone: 'bad',
            content: () => <IncidentTable filter={{ processInstanceId: id }} instance={id} />,
          },
          {
            id: 'tasks',
            label: en.instance.tasks,
            count: counted(tasks.data),
            content: () => <InstanceTasks instanceId={id} />,
          },
          {
            id: 'jobs',
            label: en.instance.jobs,
            count: counted(jobs.data),
            content: () => <Jobs instanceId={id} />,
          },
          {
            id: 'external',
            label: en.instance.externalTasks,
            count: counted(externalTasks.data),
            content: () => <ExternalTasks instanceId={id} />,
          },
          {
            id: 'called',
            label: en.instance.called,
            count: counted(called.data),
            content: () => <CalledInstances instanceId={id} />,
          },
          { id: 'history', label: en.instance.history, content: () => <Timeline instance={instance} /> },
          {
            id: 'audit',
            label: en.instance.audit,
            content: () => <OperationTable filter={{ processInstanceId: id }} instance={id} />,
          },
        ]}
      />
      {dialog === 'cancel' && <CancelDialog id={id} onClose={() => setDialog(null)} />}
      {dialog === 'restart' && <RestartDialog instance={instance} onClose={() => setDialog(null)} />}
    </Page>
  );
}
