import type { Incident } from '../../api/types';
import { en } from '../../text/en';
import { Time } from '../../ui/controls';
import type { Column } from '../../ui/table';
import { BatchOfJobLink, DefinitionLink, InstanceLink } from '../links';

/** The incident of a batch belongs to no process. */
const none = <span className="muted">–</span>;

export const activityColumn: Column<Incident> = {
  id: 'activity',
  label: en.incidents.activity,
  sortBy: 'activityId',
  narrow: true,
  cell: ({ activityId }) => (activityId ? <code>{activityId}</code> : none),
};

export const processColumn: Column<Incident> = {
  id: 'process',
  label: en.incidents.process,
  narrow: true,
  cell: ({ processDefinitionId: id }) => (id ? <DefinitionLink id={id} /> : none),
};

export const instanceColumn: Column<Incident> = {
  id: 'instance',
  label: en.incidents.instance,
  narrow: true,
  cell: ({ processInstanceId: id, configuration }) => {
    if (id) return <InstanceLink id={id} />;
    return configuration ? <BatchOfJobLink jobId={configuration} /> : none;
  },
};

export const sinceColumn: Column<Incident> = {
  id: 'since',
  label: en.incidents.since,
  sortBy: 'incidentTimestamp',
  narrow: true,
  cell: ({ incidentTimestamp }) => <Time value={incidentTimestamp} />,
};
