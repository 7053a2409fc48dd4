import { listIncidents } from '../../api/processes';
import { useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Empty } from '../../ui/feedback';
import { Table } from '../../ui/table';
import { activityColumn, instanceColumn, processColumn, sinceColumn } from '../incidents/columns';

export function RecentIncidents() {
  const incidents = useLive(['dashboard', 'incidents'], (signal) =>
    listIncidents({ sortBy: 'incidentTimestamp', sortOrder: 'desc', maxResults: 5 }, signal),
  );
  return (
    <Table
      label={en.dashboard.recentIncidents}
      rows={incidents}
      rowId={(incident) => incident.id}
      empty={<Empty icon="check" title={en.dashboard.noIncidents} />}
      columns={[
        {
          id: 'message',
          label: en.incidents.message,
          grow: true,
          cell: (incident) => (
            <span className="clip">{incident.incidentMessage ?? incident.incidentType}</span>
          ),
        },
        activityColumn,
        processColumn,
        instanceColumn,
        sinceColumn,
      ]}
    />
  );
}
