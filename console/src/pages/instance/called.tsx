import { countInstances, queryInstances } from '../../api/processes';
import { byPost, useList } from '../../state/list';
import { en } from '../../text/en';
import { Time } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { List } from '../../ui/table';
import { DefinitionLink, InstanceLink, InstanceState } from '../links';

export function CalledInstances({ instanceId }: { instanceId: string }) {
  const filter = { superProcessInstanceId: instanceId };
  const list = useList({
    key: ['instance', instanceId, 'called-page'],
    fetch: byPost(queryInstances, filter),
    count: (signal) => countInstances(filter, signal),
    sortBy: 'startTime',
    sortOrder: 'desc',
    name: 'called',
    instance: instanceId,
  });
  return (
    <List
      of={list}
      label={en.instance.called}
      rowId={(instance) => instance.id}
      empty={<Empty icon="process" title={en.instance.noCalled} />}
      columns={[
        {
          id: 'id',
          label: en.instances.instance,
          narrow: true,
          cell: (instance) => <InstanceLink id={instance.id} />,
        },
        {
          id: 'process',
          label: en.instances.process,
          cell: (instance) => (
            <DefinitionLink id={instance.processDefinitionId}>
              {instance.processDefinitionName || instance.processDefinitionKey}
            </DefinitionLink>
          ),
        },
        {
          id: 'state',
          label: en.instances.state,
          cell: (instance) => <InstanceState state={instance.state} />,
        },
        {
          id: 'started',
          label: en.instances.started,
          cell: (instance) => <Time value={instance.startTime} />,
        },
        { id: 'ended', label: en.instances.ended, cell: (instance) => <Time value={instance.endTime} /> },
      ]}
    />
  );
}
