import { useState } from 'react';
import { annotateIncident, externalTaskErrorDetails, jobStacktrace } from '../../api/processes';
import type { Incident } from '../../api/types';
import { humanize } from '../../lib/format';
import { useAction, useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Button, CopyId, Facts, TextField, Time } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Answer } from '../../ui/feedback';
import { Source } from '../../ui/source';
import { BatchOfJobLink, DefinitionLink, InstanceLink } from '../links';
import { RetryButton } from './retry-button';

/** Where the reason is kept depends on what failed. */
async function reasonOf(incident: Incident): Promise<string> {
  if (!incident.configuration) return '';
  if (incident.incidentType === 'failedJob') return jobStacktrace(incident.configuration);
  if (incident.incidentType === 'failedExternalTask') return externalTaskErrorDetails(incident.configuration);
  return '';
}

export function IncidentDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const [note, setNote] = useState(incident.annotation ?? '');
  const reason = useLive(['incident', incident.id, 'reason'], () => reasonOf(incident), { slow: 60_000 });
  const activity = incident.failedActivityId ?? incident.activityId;
  // What belongs to no process is the job of a batch.
  const batchJob = incident.processInstanceId ? null : incident.configuration;
  const save = useAction(() => annotateIncident(incident.id, note), { done: en.common.saved });
  return (
    <Dialog title={humanize(incident.incidentType)} onClose={onClose} wide>
      <div className="dialog-body">
        <p className="incident-message">{incident.incidentMessage}</p>
        <Facts
          items={[
            [en.incidents.activity, activity && <code key="a">{activity}</code>],
            [en.incidents.since, <Time key="t" value={incident.incidentTimestamp} />],
            [
              en.incidents.process,
              incident.processDefinitionId && <DefinitionLink key="p" id={incident.processDefinitionId} />,
            ],
            [
              en.incidents.instance,
              incident.processInstanceId ? (
                <InstanceLink key="i" id={incident.processInstanceId} />
              ) : (
                batchJob && <BatchOfJobLink key="b" jobId={batchJob} />
              ),
            ],
            [en.common.id, <CopyId key="id" id={incident.id} />],
          ]}
        />
        <h3>{en.instance.stack}</h3>
        <Answer of={reason}>
          {(text) =>
            text ? (
              <Source label={en.instance.stack}>{text}</Source>
            ) : (
              <p className="muted">{en.instance.noStack}</p>
            )
          }
        </Answer>
        <div className="field-row field-row-end">
          <TextField label={en.incidents.note} value={note} onChange={setNote} />
          <Button
            disabled={note === (incident.annotation ?? '')}
            busy={save.isPending}
            onClick={() => save.mutate(undefined)}
          >
            {en.common.save}
          </Button>
        </div>
      </div>
      <footer className="dialog-foot">
        <Button onClick={onClose}>{en.common.close}</Button>
        <RetryButton incident={incident} small={false} onDone={onClose} />
      </footer>
    </Dialog>
  );
}
