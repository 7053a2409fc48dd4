import { listIncidents } from '../../api/processes';
import { useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Empty } from '../../ui/feedback';
import { Time } from '../../ui/controls';
import { Table } from '../../ui/table';
import { DefinitionLink, InstanceLink } from '../links';

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
          cell: (incident) => (
            <span className="clip">{incident.incidentMessage ?? incident.incidentType}</span>
          ),
        },
        {
          id: 'process',
          label: en.incidents.process,
          cell: ({ processDefinitionId }) =>
            processDefinitionId && <DefinitionLink id={processDefinitionId} />,
        },
        { id: 'activity', label: en.incidents.activity, cell: (incident) => incident.activityId },
        {
          id: 'instance',
          label: en.incidents.instance,
          narrow: true,
          cell: ({ processInstanceId }) => processInstanceId && <InstanceLink id={processInstanceId} />,
        },
        {
          id: 'time',
          label: en.incidents.since,
          narrow: true,
          cell: (i) => <Time value={i.incidentTimestamp} />,
        },
      ]}
    />
  );
}
