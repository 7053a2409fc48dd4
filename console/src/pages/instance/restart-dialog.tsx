import { restartInstances } from '../../api/processes';
import type { HistoricProcessInstance } from '../../api/types';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { useRestart } from './restart-options';

export function RestartDialog({
  instance,
  onClose,
}: {
  instance: HistoricProcessInstance;
  onClose: () => void;
}) {
  const { fields, body } = useRestart(
    { id: instance.processDefinitionId, key: instance.processDefinitionKey },
    instance.startActivityId,
  );
  return (
    <ActionDialog
      title={en.instance.restart}
      submit={en.instance.restart}
      done={en.instance.restarted}
      action={() =>
        restartInstances(instance.processDefinitionId, { processInstanceIds: [instance.id], ...body })
      }
      onClose={onClose}
      disabled={!body}
    >
      <p>{en.instance.restartText}</p>
      {fields}
    </ActionDialog>
  );
}
