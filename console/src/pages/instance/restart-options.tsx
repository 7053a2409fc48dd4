import { useMemo, useState, type ReactNode } from 'react';
import type { Body } from '../../lib/filters';
import { flowNodes, labelOf } from '../../lib/flow-nodes';
import { modelQuestion } from '../../start/instance';
import { useFixed } from '../../state/queries';
import { en } from '../../text/en';
import { Checkbox, Select } from '../../ui/controls';

/**
 * How ended instances begin again: the fields that ask, and what they say to the server, once it is known where to
 * begin. `startActivityId` is where they began before.
 */
export function useRestart(
  definition: { id: string; key: string },
  startActivityId: string | null,
): { fields: ReactNode; body: Body | null } {
  const [picked, setPicked] = useState('');
  const [initialVariables, setInitial] = useState(true);
  const [keepKey, setKeepKey] = useState(true);
  const model = modelQuestion(definition.id);
  const xml = useFixed(model.key, model.ask);
  const nodes = useMemo(
    () => (xml.data ? flowNodes(xml.data, definition.key) : []),
    [xml.data, definition.key],
  );
  const first = startActivityId ?? nodes.find(({ type }) => type === 'startEvent')?.id ?? '';
  const options = nodes.map((node) => ({ id: node.id, label: labelOf(node) }));
  // History may know a place that the model has not: an instance was migrated.
  if (!nodes.some(({ id }) => id === first)) options.unshift({ id: first, label: first });
  const activityId = picked || first;
  return {
    fields: (
      <>
        <Select
          label={en.instance.startBefore}
          value={activityId}
          options={options}
          onChange={setPicked}
          hint={en.instance.startBeforeHint}
        />
        <Checkbox label={en.instance.initialVariables} checked={initialVariables} onChange={setInitial} />
        <Checkbox label={en.instance.keepBusinessKey} checked={keepKey} onChange={setKeepKey} />
      </>
    ),
    body: activityId
      ? {
          instructions: [{ type: 'startBeforeActivity', activityId }],
          initialVariables,
          withoutBusinessKey: !keepKey,
        }
      : null,
  };
}
