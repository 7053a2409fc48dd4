import { useState } from 'react';
import { countIncidents, listIncidents } from '../../api/processes';
import type { Query } from '../../api/http';
import type { Incident } from '../../api/types';
import { humanize } from '../../lib/format';
import { useList } from '../../state/list';
import { en } from '../../text/en';
import { Badge } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { List } from '../../ui/table';
import { activityColumn, instanceColumn, processColumn, sinceColumn } from './columns';
import { IncidentDialog } from './incident-dialog';
import { RetryButton } from './retry-button';

interface IncidentTableProps {
  filter: Query;
  showProcess?: boolean;
  /** The instance all of them belong to, if it is one. */
  instance?: string;
}

export function IncidentTable({ filter, showProcess, instance }: IncidentTableProps) {
  const [open, setOpen] = useState<Incident | null>(null);
  const list = useList({
    key: ['incidents', filter],
    fetch: (part, signal) => listIncidents({ ...filter, ...part }, signal),
    count: (signal) => countIncidents(filter, signal),
    sortBy: 'incidentTimestamp',
    sortOrder: 'desc',
    name: 'i',
    instance,
  });
  return (
    <>
      <List
        of={list}
        label={en.incidents.title}
        rowId={(incident) => incident.id}
        empty={<Empty icon="check" title={en.incidents.empty} />}
        columns={[
          {
            id: 'message',
            label: en.incidents.message,
            sortBy: 'incidentMessage',
            grow: true,
            cell: (incident) => (
              <button type="button" className="link clip" onClick={() => setOpen(incident)}>
                {incident.incidentMessage || humanize(incident.incidentType)}
              </button>
            ),
          },
          activityColumn,
          {
            id: 'type',
            label: en.incidents.type,
            narrow: true,
            cell: (i) => <Badge tone="bad">{humanize(i.incidentType)}</Badge>,
          },
          ...(showProcess ? [processColumn] : []),
          ...(instance ? [] : [instanceColumn]),
          sinceColumn,
        ]}
        rowActions={(incident) => <RetryButton incident={incident} />}
      />
      {open && <IncidentDialog incident={open} onClose={() => setOpen(null)} />}
    </>
  );
}
