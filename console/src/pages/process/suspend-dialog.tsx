import { useState } from 'react';
import { suspendDefinition } from '../../api/processes';
import type { ProcessDefinition } from '../../api/types';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Checkbox } from '../../ui/controls';
import { FormDialog } from '../../ui/dialog';

export function SuspendDialog({
  definition,
  onClose,
}: {
  definition: ProcessDefinition;
  onClose: () => void;
}) {
  const [instances, setInstances] = useState(false);
  const target = !definition.suspended;
  const action = useAction(() => suspendDefinition(definition.id, target, instances), {
    done: en.processes.done,
    onDone: onClose,
  });
  return (
    <FormDialog
      title={target ? en.processes.suspendTitle : en.processes.resumeTitle}
      submit={target ? en.processes.suspend : en.processes.resume}
      onSubmit={() => action.mutate(undefined)}
      onClose={onClose}
      busy={action.isPending}
    >
      <Checkbox label={en.processes.includeInstances} checked={instances} onChange={setInstances} />
    </FormDialog>
  );
}
