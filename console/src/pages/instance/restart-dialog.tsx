import { useState } from 'react';
import { restartInstances } from '../../api/processes';
import type { HistoricProcessInstance } from '../../api/types';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Checkbox, TextField } from '../../ui/controls';
import { FormDialog } from '../../ui/dialog';

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
  const restart = useAction(
    () =>
      restartInstances(instance.processDefinitionId, {
        processInstanceIds: [instance.id],
        instructions: [{ type: 'startBeforeActivity', activityId: activity }],
        initialVariables: initial,
        withoutBusinessKey: !keepKey,
      }),
    { done: en.instance.restarted, onDone: onClose, quiet: true },
  );
  return (
    <FormDialog
      title={en.instance.restart}
      submit={en.instance.restart}
      onSubmit={() => restart.mutate(undefined)}
      onClose={onClose}
      busy={restart.isPending}
      disabled={activity === ''}
      error={restart.error?.message}
    >
      <p>{en.instance.restartText}</p>
      <TextField label={en.instance.startBefore} value={activity} onChange={setActivity} required />
      <Checkbox label={en.instance.initialVariables} checked={initial} onChange={setInitial} />
      <Checkbox label={en.instance.keepBusinessKey} checked={keepKey} onChange={setKeepKey} />
    </FormDialog>
  );
}
