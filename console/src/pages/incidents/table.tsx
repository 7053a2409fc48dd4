import { useState } from 'react';
import { countIncidents, listIncidents } from '../../api/processes';
import type { Query } from '../../api/http';
import type { Incident } from '../../api/types';
import { humanize } from '../../lib/format';
import { useLive } from '../../state/queries';
import { usePaging, useSorting } from '../../state/url';
import { en } from '../../text/en';
import { Badge, Time } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { Pager, Table } from '../../ui/table';
import { DefinitionLink, InstanceLink } from '../links';
import { IncidentDialog } from './incident-dialog';
import { RetryButton } from './retry-button';

interface IncidentTableProps {
  filter: Query;
  showProcess?: boolean;
  /** The instance all of them belong to, if it is one. */
  instance?: string;
}

export function IncidentTable({ filter, showProcess, instance }: IncidentTableProps) {
  const paging = usePaging(25, 'ipage');
  const [sorting, setSorting] = useSorting('incidentTimestamp', 'desc', 'isort');
  const [open, setOpen] = useState<Incident | null>(null);
  const rows = useLive(
    ['incidents', filter, sorting, paging.page],
    (signal) =>
      listIncidents(
        { ...filter, ...sorting, firstResult: paging.firstResult, maxResults: paging.size },
        signal,
      ),
    { instance },
  );
  const count = useLive(['incidents', 'count', filter], (signal) => countIncidents(filter, signal), {
    instance,
  });
  return (
    <>
      <Table
        label={en.incidents.title}
        rows={rows}
        rowId={(incident) => incident.id}
        sorting={[sorting, setSorting]}
        empty={<Empty icon="check" title={en.incidents.empty} />}
        columns={[
          {
            id: 'message',
            label: en.incidents.message,
            sortBy: 'incidentMessage',
            cell: (incident) => (
              <button type="button" className="link clip" onClick={() => setOpen(incident)}>
                {incident.incidentMessage || humanize(incident.incidentType)}
              </button>
            ),
          },
          {
            id: 'activity',
            label: en.incidents.activity,
            sortBy: 'activityId',
            cell: (i) => <code>{i.activityId}</code>,
          },
          {
            id: 'type',
            label: en.incidents.type,
            narrow: true,
            cell: (i) => <Badge tone="bad">{humanize(i.incidentType)}</Badge>,
          },
          ...(showProcess
            ? [
                {
                  id: 'process',
                  label: en.incidents.process,
                  cell: ({ processDefinitionId }: Incident) =>
                    processDefinitionId && <DefinitionLink id={processDefinitionId} />,
                },
              ]
            : []),
          ...(instance
            ? []
            : [
                {
                  id: 'instance',
                  label: en.incidents.instance,
                  narrow: true,
                  cell: ({ processInstanceId }: Incident) =>
                    processInstanceId && <InstanceLink id={processInstanceId} />,
                },
              ]),
          {
            id: 'since',
            label: en.incidents.since,
            sortBy: 'incidentTimestamp',
            narrow: true,
            cell: (incident) => <Time value={incident.incidentTimestamp} />,
          },
        ]}
        rowActions={(incident) => <RetryButton incident={incident} />}
      />
      <Pager paging={paging} count={count.data} shown={rows.data?.length ?? 0} />
      {open && <IncidentDialog incident={open} onClose={() => setOpen(null)} />}
    </>
  );
}
