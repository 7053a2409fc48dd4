import { useRef, useState } from 'react';
import { evaluateDecision } from '../../api/admin';
import type { DecisionDefinition, VariableMap, VariableValue } from '../../api/types';
import { GenericForm } from '../../forms/generic-form';
import type { FormHandle } from '../../forms/handle';
import { definitionLabel } from '../../lib/format';
import { previewText, VariableError } from '../../lib/variables';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { FormDialog } from '../../ui/dialog';

const none: VariableMap = {};

/** Tries a decision with values given by hand. */
export function EvaluateDialog({ decision, onClose }: { decision: DecisionDefinition; onClose: () => void }) {
  const handle = useRef<FormHandle>(null);
  const [error, setError] = useState<string | null>(null);
  const evaluate = useAction(
    (variables: Record<string, VariableValue>) => evaluateDecision(decision.id, variables),
    {
      quiet: true,
    },
  );
  const submit = async () => {
    setError(null);
    try {
      const variables = await handle.current?.collect();
      if (variables) evaluate.mutate(variables);
    } catch (reason) {
      if (!(reason instanceof VariableError)) throw reason;
      setError(reason.message);
    }
  };
  return (
    <FormDialog
      title={`${en.decisions.evaluate}: ${definitionLabel(decision)}`}
      submit={en.decisions.evaluate}
      submitIcon="play"
      onSubmit={() => void submit()}
      onClose={onClose}
      busy={evaluate.isPending}
      error={error ?? evaluate.error?.message}
    >
      <GenericForm ref={handle} variables={none} note={en.decisions.evaluateHint} />
      {evaluate.data && <Result rows={evaluate.data} />}
    </FormDialog>
  );
}

function Result({ rows }: { rows: VariableMap[] }) {
  if (rows.length === 0) return <p className="note">{en.decisions.noRule}</p>;
  return (
    <div className="stack" role="status">
      {rows.map((row, index) => (
        <dl key={index} className="facts facts-list">
          {Object.entries(row).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{previewText(value)}</code> <span className="muted">{value.type}</span>
              </dd>
            </div>
          ))}
        </dl>
      ))}
    </div>
  );
}
