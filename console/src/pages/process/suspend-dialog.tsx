import { useState } from 'react';
import { suspendDefinition } from '../../api/processes';
import type { ProcessDefinition } from '../../api/types';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { Checkbox } from '../../ui/controls';

export function SuspendDialog({
  definition,
  onClose,
}: {
  definition: ProcessDefinition;
  onClose: () => void;
}) {
  const [instances, setInstances] = useState(false);
  const target = !definition.suspended;
  return (
    <ActionDialog
      title={target ? en.processes.suspendTitle : en.processes.resumeTitle}
      submit={target ? en.processes.suspend : en.processes.resume}
      done={en.processes.done}
      action={() => suspendDefinition(definition.id, target, instances)}
      onClose={onClose}
    >
      <Checkbox label={en.processes.includeInstances} checked={instances} onChange={setInstances} />
    </ActionDialog>
  );
}
