import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import { startForm, submitStartForm } from '../../api/tasks';
import type { ProcessDefinition, VariableValue } from '../../api/types';
import { FormHost } from '../../forms/form-host';
import { definitionLabel } from '../../lib/format';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Button, TextField } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { instancePath } from '../links';

export function StartDialog({ definition, onClose }: { definition: ProcessDefinition; onClose: () => void }) {
  const navigate = useNavigate();
  const [businessKey, setBusinessKey] = useState('');
  const source = useMemo(() => startForm(definition.id), [definition.id]);
  const start = useAction(
    (variables: Record<string, VariableValue>) =>
      submitStartForm(definition.id, { businessKey: businessKey || undefined, variables }),
    {
      done: en.processes.started,
      onDone: ({ id }) => {
        onClose();
        void navigate(instancePath(id));
      },
    },
  );
  return (
    <Dialog title={`${en.processes.start}: ${definitionLabel(definition)}`} onClose={onClose}>
      <div className="dialog-body">
        <FormHost
          id={`start-${definition.id}`}
          source={source}
          submit={en.processes.start}
          busy={start.isPending}
          onSubmit={(variables) => start.mutate(variables)}
          before={
            <TextField label={en.processes.businessKey} value={businessKey} onChange={setBusinessKey} />
          }
          extra={<Button onClick={onClose}>{en.common.cancel}</Button>}
        />
      </div>
    </Dialog>
  );
}
