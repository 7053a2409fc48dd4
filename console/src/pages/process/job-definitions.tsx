import { listJobDefinitions, suspendJobDefinition } from '../../api/processes';
import { humanize } from '../../lib/format';
import { useAction, useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Badge, Button } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { Table } from '../../ui/table';

export function JobDefinitions({ definitionId }: { definitionId: string }) {
  const rows = useLive(['definition', definitionId, 'job-definitions'], () =>
    listJobDefinitions(definitionId),
  );
  const toggle = useAction(({ id, suspended }: { id: string; suspended: boolean }) =>
    suspendJobDefinition(id, suspended),
  );
  return (
    <Table
      label={en.processes.jobs}
      rows={rows}
      rowId={(row) => row.id}
      empty={<Empty icon="clock" title={en.processes.noJobs} />}
      columns={[
        { id: 'activity', label: en.incidents.activity, cell: (row) => <code>{row.activityId}</code> },
        { id: 'type', label: en.processes.jobType, cell: (row) => humanize(row.jobType) },
        { id: 'configuration', label: en.processes.configuration, cell: (row) => row.jobConfiguration },
        {
          id: 'state',
          label: en.common.state,
          cell: (row) => row.suspended && <Badge tone="warn">{en.processes.suspended}</Badge>,
        },
      ]}
      rowActions={(row) => (
        <Button
          small
          look="ghost"
          icon={row.suspended ? 'play' : 'pause'}
          onClick={() => toggle.mutate({ id: row.id, suspended: !row.suspended })}
        >
          {row.suspended ? en.processes.resume : en.processes.suspend}
        </Button>
      )}
    />
  );
}
