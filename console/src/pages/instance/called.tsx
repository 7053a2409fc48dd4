import type { UseQueryResult } from '@tanstack/react-query';
import type { HistoricProcessInstance } from '../../api/types';
import { en } from '../../text/en';
import { Time } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { Table } from '../../ui/table';
import { DefinitionLink, InstanceLink, InstanceState } from '../links';

export function CalledInstances({ rows }: { rows: UseQueryResult<HistoricProcessInstance[]> }) {
  return (
    <Table
      label={en.instance.called}
      rows={rows}
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
