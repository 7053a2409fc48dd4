import { useState } from 'react';
import { putLocalVariable } from '../../api/processes';
import type { VariableInstance, VariableValue } from '../../api/types';
import { walk, type TreeNode } from '../../lib/tree';
import { editableText, editableTypes, parseVariable, VariableError } from '../../lib/variables';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Field, Select, TextField } from '../../ui/controls';
import { FormDialog } from '../../ui/dialog';

interface VariableDialogProps {
  instanceId: string;
  variable: VariableInstance | null;
  tree: TreeNode | null;
  onClose: () => void;
}

/** The scopes a variable can live in: the instance, and every activity with an execution of its own. */
function scopes(instanceId: string, tree: TreeNode | null): { id: string; label: string }[] {
  const found = new Map([[instanceId, en.instance.processScope]]);
  if (tree) {
    for (const node of walk(tree)) {
      const execution = node.executionIds[0];
      if (execution && !found.has(execution)) found.set(execution, node.label);
    }
  }
  return [...found].map(([id, label]) => ({ id, label }));
}

const types = editableTypes.map((type) => ({ id: type as string, label: type }));
const booleans = [
  { id: 'true', label: 'true' },
  { id: 'false', label: 'false' },
];

export function VariableDialog({ instanceId, variable, tree, onClose }: VariableDialogProps) {
  const [name, setName] = useState(variable?.name ?? '');
  const [type, setType] = useState(variable?.type ?? 'String');
  const [text, setText] = useState(variable ? editableText(variable) : '');
  const [scope, setScope] = useState(variable?.executionId ?? instanceId);
  const [error, setError] = useState<string | null>(null);
  const save = useAction((value: VariableValue) => putLocalVariable(scope, name, value), {
    done: en.common.saved,
    onDone: onClose,
    quiet: true,
  });
  const submit = () => {
    try {
      const input = type === 'Boolean' && text !== 'true' ? 'false' : text;
      setError(null);
      save.mutate(parseVariable(type, input, variable?.valueInfo));
    } catch (reason) {
      if (!(reason instanceof VariableError)) throw reason;
      setError(reason.message);
    }
  };
  const multiline = type === 'Json' || type === 'Xml' || type === 'Object' || text.length > 80;

  return (
    <FormDialog
      title={variable ? en.instance.editVariable(variable.name) : en.instance.addVariable}
      submit={en.common.save}
      onSubmit={submit}
      onClose={onClose}
      busy={save.isPending}
      disabled={name === ''}
      error={error ?? save.error?.message}
    >
      {!variable && (
        <>
          <TextField label={en.common.name} value={name} onChange={setName} required />
          <Select
            label={en.instance.scope}
            value={scope}
            options={scopes(instanceId, tree)}
            onChange={setScope}
          />
        </>
      )}
      <Select label={en.common.type} value={type} options={types} onChange={setType} />
      {type === 'Boolean' ? (
        <Select
          label={en.common.value}
          value={text === 'true' ? 'true' : 'false'}
          options={booleans}
          onChange={setText}
        />
      ) : type === 'Null' ? null : multiline ? (
        <Field label={en.common.value}>
          {(props) => (
            <textarea
              {...props}
              rows={8}
              className="code"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
      ) : (
        <TextField label={en.common.value} value={text} onChange={setText} />
      )}
    </FormDialog>
  );
}
