import { resolveIncident, setExternalTaskRetries, setJobRetries } from '../../api/processes';
import type { Incident } from '../../api/types';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Button } from '../../ui/controls';

/** Gives the failed job or external task another try; an incident of another kind is resolved by hand. */
export function retryIncident(incident: Incident): Promise<void> {
  if (incident.incidentType === 'failedJob' && incident.configuration)
    return setJobRetries(incident.configuration, 1);
  if (incident.incidentType === 'failedExternalTask' && incident.configuration)
    return setExternalTaskRetries(incident.configuration, 1);
  return resolveIncident(incident.id);
}

const retryable = (incident: Incident) =>
  incident.incidentType === 'failedJob' || incident.incidentType === 'failedExternalTask';

export function RetryButton({
  incident,
  onDone,
  small = true,
}: {
  incident: Incident;
  onDone?: () => void;
  small?: boolean;
}) {
  const retry = useAction(() => retryIncident(incident), {
    done: retryable(incident) ? en.instance.retried : en.instance.resolved,
    onDone,
  });
  // An incident a called instance hands up is resolved where it happened.
  if (incident.rootCauseIncidentId && incident.rootCauseIncidentId !== incident.id) return null;
  return (
    <Button
      small={small}
      icon={retryable(incident) ? 'retry' : 'check'}
      busy={retry.isPending}
      onClick={() => retry.mutate(undefined)}
    >
      {retryable(incident) ? en.instance.retry : en.instance.resolve}
    </Button>
  );
}
