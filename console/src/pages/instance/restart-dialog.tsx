import { useState } from 'react';
import { restartInstances } from '../../api/processes';
import type { HistoricProcessInstance } from '../../api/types';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { Checkbox, TextField } from '../../ui/controls';

export function RestartDialog({
  instance,
  onClose,
}: {
  instance: HistoricProcessInstance;
  onClose: () => void;
}) {
  const [activity, setActivity] = useState(instance.startActivityId ?? '');
  const [initial, setInitial] = useState(true);
  const [keepKey, setKeepKey] = useState(true);
  const restart = () =>
    restartInstances(instance.processDefinitionId, {
      processInstanceIds: [instance.id],
      instructions: [{ type: 'startBeforeActivity', activityId: activity }],
      initialVariables: initial,
      withoutBusinessKey: !keepKey,
    });
  return (
    <ActionDialog
      title={en.instance.restart}
      submit={en.instance.restart}
      done={en.instance.restarted}
      action={restart}
      onClose={onClose}
      disabled={activity === ''}
    >
      <p>{en.instance.restartText}</p>
      <TextField label={en.instance.startBefore} value={activity} onChange={setActivity} required />
      <Checkbox label={en.instance.initialVariables} checked={initial} onChange={setInitial} />
      <Checkbox label={en.instance.keepBusinessKey} checked={keepKey} onChange={setKeepKey} />
    </ActionDialog>
  );
}
